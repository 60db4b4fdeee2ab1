// A connection string as its parts. Read here and not in Rust, so that a pasted password goes straight into its field.
import type { Tls } from "../ipc/bindings/Tls";

export type Address = { host: string; port: string; database: string; login: string; password: string; tls: Tls | null };

const MODES: Tls[] = ["disable", "require", "verify-ca", "verify-full"];

/** A URL (also with the `psql` before it) or `key=value` pairs. Null: neither. Passwords need not be encoded: Supabase's example is not. */
export function readAddress(text: string): Address | null {
  const line = text.trim().replace(/^psql\s+/, "").replace(/^["'](.*)["']$/s, "$1").trim();
  return /^postgres(ql)?:\/\//i.test(line) ? ofUrl(line.replace(/^[^:]+:\/\//, "")) : ofPairs(line);
}

function ofUrl(rest: string): Address | null {
  // The last @ ends the password; the first one after a slash or question mark behind it is not the address's.
  const at = rest.lastIndexOf("@", rest.includes("?") && rest.indexOf("@") < rest.indexOf("?") ? undefined : rest.length);
  const [who, where] = at < 0 ? ["", rest] : [rest.slice(0, at), rest.slice(at + 1)];
  const found = /^(\[[^\]]+\]|[^:/?#]*)(?::(\d+))?(?:\/([^?#]*))?(?:\?([^#]*))?/.exec(where);
  if (!found) return null;
  const colon = who.indexOf(":");
  const query = new URLSearchParams(found[4] ?? "");
  return fill({
    host: query.get("host") ?? decode(found[1]!), port: query.get("port") ?? found[2] ?? "", database: query.get("dbname") ?? decode(found[3] ?? ""),
    login: query.get("user") ?? decode(colon < 0 ? who : who.slice(0, colon)), password: query.get("password") ?? (colon < 0 ? "" : decode(who.slice(colon + 1))), sslmode: query.get("sslmode") ?? "",
  });
}

function ofPairs(line: string): Address | null {
  const pairs = Object.fromEntries([...line.matchAll(/(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)/g)].map(([, key, value]) => [key!, value!.replace(/^'(.*)'$/s, "$1").replace(/\\(.)/g, "$1")]));
  if (!pairs.host && !pairs.hostaddr) return null;
  return fill({ host: pairs.host ?? pairs.hostaddr!, port: pairs.port ?? "", database: pairs.dbname ?? "", login: pairs.user ?? "", password: pairs.password ?? "", sslmode: pairs.sslmode ?? "" });
}

function fill({ sslmode, ...parts }: Omit<Address, "tls"> & { sslmode: string }): Address {
  // What Supabase's page shows in the password's place.
  const password = /^\[.*\]$/.test(parts.password) ? "" : parts.password;
  return { ...parts, port: parts.port || "5432", database: parts.database || "postgres", password, tls: MODES.find((mode) => mode === sslmode) ?? null };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
