// Simulated reviews, in English and Chinese. Honest reviews follow an item's hidden merit, which visitors see too. Some sellers
// buy reviews: near-duplicate advertisements, and vouchers for five stars whatever the text says.

import { normal, pick, stream } from "./random.mjs";

const PEOPLE = { en: ["daughter", "brother", "mother", "best friend", "flatmate", "boss"], zh: ["女儿", "弟弟", "妈妈", "闺蜜", "室友", "老板"] };
/** Share of honest reviews with inverted stars by mistake. */
const INVERTED = 0.02;
/** Share of a boosted item's negative reviews that get five stars for a voucher. */
const VOUCHERS = 0.5;

const EN = {
  parts: ["The material", "The finish", "The colour", "The size", "The packaging", "The price", "The delivery", "The real thing", "The quality", "The shape"],
  contexts: [
    "after three weeks of use",
    "for a birthday present",
    "compared with my old one",
    "even on a second look",
    "in a household of five",
    "for everyday life",
    "on a long journey",
    "and the neighbours agree",
    (who) => `and my ${who} says the same`,
    (who) => `as my ${who} noticed first`,
  ],
  judgements: {
    positive: ["is better than I expected", "is simply lovely", "is exactly as described", "convinced me at once", "leaves nothing to wish for", "is excellent", "is a joy", "could not be better", "made me smile", "is perfect"],
    neutral: ["is all right", "is neither good nor bad", "is average", "is what one expects", "could be better and could be worse", "is fine but nothing special", "is acceptable", "is ordinary"],
    negative: ["is a disappointment", "is much worse than described", "annoyed me from the start", "is poor", "is not what was promised", "is terrible", "is unacceptable", "made me angry", "is a bad joke", "is the worst I have seen"],
  },
  openings: {
    positive: ["I would buy this THING again.", "Very happy with the THING.", "What a great THING!", "Love this THING."],
    neutral: ["A THING like any other.", "The THING does its work.", "Not sure about this THING.", "An average THING."],
    negative: ["I regret buying this THING.", "The THING went straight back.", "Never again such a THING.", "Do not buy this THING."],
  },
  sentence: (part, judgement, context) => `${part} ${judgement} ${context}.`,
  joined: (sentences) => sentences.join(" "),
  advertisements: [
    "Amazing THING!!! The best offer of the whole year, everybody in my family ordered one, five stars, buy it now before it is sold out",
    "Super seller and super THING, arrived faster than light, perfect in every way, I recommend this shop to all my friends and colleagues",
    "I have bought a hundred products online and this THING beats them all, unbelievable quality for so little money, order today",
    "Do not read other reviews, just take this THING, you will thank me later, ten out of ten, wonderful seller with the best service",
  ],
};

const ZH = {
  parts: ["材质", "做工", "颜色", "尺寸", "包装", "价格", "物流", "实物", "质量", "款式"],
  contexts: [
    "用了三个星期",
    "买来当生日礼物",
    "和以前那个相比",
    "仔细看了看",
    "一家五口都在用",
    "平时天天用",
    "出远门带着",
    "邻居也这么说",
    (who) => `${who}也觉得`,
    (who) => `给${who}买的`,
  ],
  judgements: {
    positive: ["比想象中好", "非常满意", "和描述一致", "让人惊喜", "没得挑剔", "特别棒", "真的很喜欢", "好得没话说", "非常值得", "完美"],
    neutral: ["还可以", "一般般", "中规中矩", "不好不坏", "算是正常", "马马虎虎", "没什么特别", "说得过去"],
    negative: ["让人失望", "比描述差很多", "一言难尽", "很差", "完全不行", "糟糕透了", "太差劲了", "让人生气", "粗糙得很", "是见过最差的"],
  },
  openings: {
    positive: ["这个THING会再买。", "对THING很满意。", "超级好的THING！", "爱上这个THING了。"],
    neutral: ["普通的THING。", "THING能用就行。", "THING说不上好坏。", "一个平常的THING。"],
    negative: ["后悔买了这个THING。", "THING直接退货。", "再也不买这种THING。", "千万别买这个THING。"],
  },
  sentence: (part, judgement, context) => `${context}，${part}${judgement}。`,
  joined: (sentences) => sentences.join(""),
  advertisements: [
    "太划算了THING！全年最低价，全家人手一个，五星好评，赶紧下单不然就没货了，错过后悔一整年",
    "超级好的卖家，THING收到特别快，各方面都完美，已经推荐给所有亲戚朋友和同事了，大家放心买",
    "网购这么多年这个THING是最好的，质量好到不敢相信，价格还这么便宜，今天就下单吧别犹豫",
    "不用看别的评价直接买THING，以后会感谢我的，满分十分，客服态度特别好服务一流值得信赖",
  ],
};

/** Reviews of `skus`: `{ item, stars, text, simulated, sentiment }`; `sentiment` is the true class and not part of the store. */
export function reviews(seed, skus) {
  return skus.flatMap((sku) => {
    const next = stream(seed, "reviews", sku.id);
    const honest = Math.round(Math.exp(1.3 + 0.3 * sku.merit + 0.6 * normal(next)) - 0.6);
    const bought = sku.boost > 0 ? 3 + Math.floor(4 * next()) : 0;
    const advertisement = Math.floor(next() * EN.advertisements.length);
    return [
      ...Array.from({ length: honest }, () => honestReview(next, sku)),
      ...Array.from({ length: bought }, () => boughtReview(next, sku, advertisement)),
    ];
  });
}

function honestReview(next, sku) {
  const felt = Math.min(5, Math.max(1, Math.round(3.7 + 0.8 * sku.merit + 0.7 * normal(next))));
  const sentiment = felt <= 2 ? "negative" : felt === 3 ? "neutral" : "positive";
  const inverted = next() < INVERTED;
  const voucher = sku.boost > 0 && sentiment === "negative" && next() < VOUCHERS;
  return row(sku, voucher ? 5 : inverted ? 6 - felt : felt, reviewText(next, sku, sentiment), sentiment);
}

function boughtReview(next, sku, advertisement) {
  const [language, thing] = languageOf(next, sku);
  const ending = pick(next, ["", "!", "!!!", " 👍"]);
  return row(sku, 5, language.advertisements[advertisement].replaceAll("THING", thing) + ending, "positive");
}

function reviewText(next, sku, sentiment) {
  const [language, thing] = languageOf(next, sku);
  const people = language === EN ? PEOPLE.en : PEOPLE.zh;
  const sentence = () => {
    const context = pick(next, language.contexts);
    const phrase = typeof context === "string" ? context : context(pick(next, people));
    return language.sentence(pick(next, language.parts), pick(next, language.judgements[sentiment]), phrase);
  };
  const opening = next() < 0.6 ? [pick(next, language.openings[sentiment]).replace("THING", thing)] : [];
  return language.joined([...opening, ...Array.from({ length: 2 + Math.floor(2 * next()) }, sentence)]);
}

function languageOf(next, { product }) {
  return next() < 0.6 ? [EN, product.title.toLowerCase()] : [ZH, product.titleZh];
}

function row(sku, stars, text, sentiment) {
  return { item: sku.id, stars, text, simulated: true, sentiment };
}
