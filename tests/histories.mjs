// Sessions of a made-up shop, as `trainer ingest` reads them.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The section of store.toml that says so. */
export const HISTORIES = `[histories]
file = "sessions.txt"
test_file = "next.tsv"
header = false
items = "column_1"
target = "column_2"
`;

/** Writes sessions to learn from, and others whose last item is asked for. */
export async function writeHistories(folder, sessions, asked) {
  await writeFile(join(folder, "sessions.txt"), sessions.map((items) => items.join(" ")).join("\n"));
  await writeFile(join(folder, "next.tsv"), asked.map((items) => `${items.slice(0, -1).join(" ")}\t${items.at(-1)}`).join("\n"));
}
