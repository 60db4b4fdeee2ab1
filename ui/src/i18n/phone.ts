/** E.164 in groups that people read aloud; what is not E.164 stays as it is. */
export function phone(e164: string): string {
  const israel = /^\+972(\d{2})(\d{3})(\d{4})$/.exec(e164);
  if (israel) return `+972 ${israel[1]}-${israel[2]}-${israel[3]}`;
  const america = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  if (america) return `+1 ${america[1]}-${america[2]}-${america[3]}`;
  const other = /^\+(\d{2,3}?)(\d{2,3})(\d{3})(\d{3,4})$/.exec(e164);
  return other ? `+${other.slice(1).join(" ")}` : e164;
}

/** "Itai Golan" -> "IG" */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

/** "Itai Golan" -> "I. G." */
export const veiledName = (name: string): string => [...initials(name)].map((letter) => `${letter}.`).join(" ");

/** "+972505550142" -> "•••• 42" */
export const veiledPhone = (phone: string): string => `•••• ${phone.replace(/\D/g, "").slice(-2)}`;
