export type Token = { text: string; kind: "plain" | "comment" | "word" | "string" };

const WORDS =
  "select from where and or not exists in is null as on join left inner cross lateral group by order having limit union all with distinct case when then else end any array insert into values update set delete alter table create index unique constraint foreign key references policy to enable disable row level security grant revoke using validate add drop column default concurrently only local true false between like";
const PARTS = new RegExp(`(--[^\\n]*)|('(?:[^']|'')*')|\\b(${WORDS.split(" ").join("|")})\\b`, "gi");

/** Enough of SQL to read it: comments, strings, key words. */
export function tokens(sql: string): Token[] {
  const list: Token[] = [];
  let at = 0;
  for (const match of sql.matchAll(PARTS)) {
    if (match.index > at) list.push({ text: sql.slice(at, match.index), kind: "plain" });
    list.push({ text: match[0], kind: match[1] ? "comment" : match[2] ? "string" : "word" });
    at = match.index + match[0].length;
  }
  if (at < sql.length) list.push({ text: sql.slice(at), kind: "plain" });
  return list;
}
