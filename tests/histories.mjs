// Writes sessions in the format that `trainer ingest` reads.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The section of store.toml for these files. */
export const HISTORIES = `[histories]
file = "sessions.txt"
test_file = "next.tsv"
header = false
items = "column_1"
target = "column_2"
`;

/** Writes training sessions, and test sessions whose last item is the target. */
export async function writeHistories(folder, sessions, testSessions) {
  await writeFile(join(folder, "sessions.txt"), sessions.map((items) => items.join(" ")).join("\n"));
  await writeFile(join(folder, "next.tsv"), testSessions.map((items) => `${items.slice(0, -1).join(" ")}\t${items.at(-1)}`).join("\n"));
}
