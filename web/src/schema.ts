// Generated from crates/schema: `UPDATE_GOLDEN=1 cargo test -p windowshop-schema` rewrites it.

/** Length of a colour descriptor. */
export const COLOR_DESCRIPTOR_DIM = 24;

/** Largest number of items in one request. */
export const MAX_ITEMS = 10000;

/** The file of a bundle that lists the others. */
export const MANIFEST_FILE = "manifest.json";

/** The ranker's weights. */
export const RANKER_FILE = "ranker.safetensors";

/** The ranker's item index and text statistics. */
export const STATISTICS_FILE = "statistics.safetensors";

/** Every group, in the order of the ranker's tensors. */
export const GROUPS = ["query_match", "session", "item_quality", "reviews", "visual", "shop_order", "intent"] as const;

/** File of each network. */
export const NETWORK_FILES = { sentiment: "sentiment.safetensors", intent: "intent.safetensors", sequence: "sequence.safetensors", image: "image.safetensors", generator: "generator.safetensors" } as const;

/** The network that a group needs. */
export const GROUP_NETWORKS = { intent: "intent" } as const satisfies Partial<Record<Group, NetworkKind>>;

/** Every kind of interaction. */
export const INTERACTION_KINDS = ["click", "cart", "purchase", "cancel"] as const;

/**
 * A feature group. A score is exactly the query term plus the contributions of the groups.
 */
export type Group = "query_match" | "session" | "item_quality" | "reviews" | "visual" | "shop_order" | "intent";

/**
 * A network with its own file in a run and in a bundle. Each is optional and usable alone.
 */
export type NetworkKind = "sentiment" | "intent" | "sequence" | "image" | "generator";

/**
 * Sentiment of a text.
 */
export type SentimentLabel = "negative" | "neutral" | "positive";

/**
 * Kind of interaction of a visitor with an item.
 */
export type InteractionKind = "click" | "cart" | "purchase" | "cancel";

/**
 * A product. The trainer reads it from the catalogue, and a page registers it with the engine.
 */
export type Item = {
/**
 * The shop's identifier, the key of the bundle's item index.
 */
id: string,
/**
 * Title, in any language.
 */
title?: string,
/**
 * Further text that queries match: description, attributes, the title in another language.
 */
text?: string,
/**
 * Category path or name.
 */
category?: string,
/**
 * Price in the shop's currency, above 0.
 */
price?: number,
/**
 * Mean star rating, 1 to 5.
 */
rating?: number,
/**
 * Number of ratings.
 */
ratingCount?: number,
/**
 * Image embedding: a colour descriptor of 24 numbers, or the embedding of the image network that the ranker was trained
 * with. An embedding of another length than in training is ignored. Not needed for items that were known at training.
 */
imageEmbedding?: Array<number>, };

/**
 * One group's contribution to an item's score.
 */
export type Reason = {
/**
 * The group.
 */
group: Group,
/**
 * Its contribution minus the mean over the list, in units of the raw score. Positive: it moves the item up.
 */
contribution: number, };

/**
 * One re-ranked item.
 */
export type Ranked = {
/**
 * Index into the request's items.
 */
index: number,
/**
 * The item's identifier.
 */
id: string,
/**
 * Calibrated score: the expected grade for graded data, a probability for clicks.
 */
relevanceScore: number,
/**
 * Every group of the ranker, largest absolute contribution first. Their sum is the item's raw score minus the mean of the list.
 */
reasons: Array<Reason>, };

/**
 * Options of a re-ranking request. The items are a separate argument.
 */
export type RerankOptions = {
/**
 * The search query; absent on a category page.
 */
query?: string,
/**
 * Return only this many items, best first.
 */
topN?: number,
/**
 * Largest distance, in positions, of an item from its position in the shop's order.
 */
maxDisplacement?: number,
/**
 * Ignore the visitor's session.
 */
ignoreSession?: boolean, };

/**
 * An event of the visitor, as the page reports it.
 */
export type TrackedEvent = {
/**
 * Kind of interaction.
 */
type: InteractionKind,
/**
 * Identifier of the item.
 */
itemId: string,
/**
 * Time in milliseconds since 1970; the current time if absent.
 */
timestampMs?: number, };

/**
 * A metric on the test split.
 */
export type Metric = {
/**
 * The value.
 */
value: number,
/**
 * 95 % bootstrap confidence interval over lists.
 */
ci95: [number, number], };
