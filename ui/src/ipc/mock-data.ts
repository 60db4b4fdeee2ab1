// Invented people for the mock: no number here can ring (555 block), no name belongs to a customer.
import type { MessageRow } from "./bindings/MessageRow";

export type MockLead = { id: string; name: string; phone: string; owner: string | null; text: string; score: number };

const NAMES =
  "Maya Rotem,תמר בן־ארי,Daniel Okafor,רוני כץ,Lena Fischer,Itai Golan,שירה מלכה,Omar Nasser,גיל אדלר,Hannah Weiss,יעל סבן,Marco Bellini,Dov Klein,נטע אלון,Grace Mwangi,אביב שחר,Peter Lindqvist,מיכל דגן,Sofia Marin,ליאור פז,Ben Carmi,Adaeze Obi,עומר נוי,Ruth Amsalem,דורית חן,Jonas Berg,Tali Navon,אסף גרע,Noor Haddad,Elif Demir,יובל שקד,Clara Novak,Amit Barak,רחל אוחנה,Tom Ellery,Ines Duarte,ניצן לב,Samir Khoury,Paula Reyes,הדס ברק".split(",");
const TEXTS = [
  "Hi {name}, the sea-side unit on the 6th floor is back on the market. Shall I hold a viewing for you this week?",
  "שלום {name}, ראיתי שהתעניינת בדירת 4 חדרים. מתי נוח לדבר?",
  "Good afternoon {name}, your offer is ready to look at.",
  "היי {name}, התפנה מועד לסיור ביום חמישי בבוקר.",
  "Hello {name}, here is the floor plan we spoke about.",
];
export const OPERATORS = [
  { user_id: "00000000-0000-4000-8000-00000000a001", name: "Noa Shalev", cap: 120 },
  { user_id: "00000000-0000-4000-8000-00000000a002", name: "Amir Haddad", cap: 180 },
  { user_id: "00000000-0000-4000-8000-00000000a003", name: "Dana Levi", cap: 180 },
];
export const ME = OPERATORS[0]!;

const hebrew = (name: string) => /[\u0590-\u05ff]/.test(name);

/** Later rounds give the same first names other last names. */
function nameOf(n: number): string {
  const name = NAMES[n % NAMES.length]!;
  const others = NAMES.filter((other) => hebrew(other) === hebrew(name));
  const last = others[(others.indexOf(name) + 5 * Math.floor(n / NAMES.length)) % others.length]!.split(" ").slice(1).join(" ");
  return `${name.split(" ")[0]} ${last}`;
}

export function uuid(kind: number, n: number): string {
  return `00000000-0000-4000-8000-${kind.toString(16).padStart(4, "0")}${n.toString(16).padStart(8, "0")}`;
}

export function inventLead(n: number): MockLead {
  const name = nameOf(n);
  const text = TEXTS.filter((t) => hebrew(t) === hebrew(name))[n % 2]!;
  const phone = `+9725${[0, 4, 2, 3, 8][n % 5]}5550${String(100 + ((n * 37) % 900)).padStart(3, "0")}`;
  return { id: uuid(1, n), name, phone, owner: null, text: text.replace("{name}", name.split(" ")[0]!), score: 96 - ((n * 7) % 60) };
}

/** `before` is what a rule said while everything is stopped. */
export type MockMessage = MessageRow & { operator_id: string; lane_since: number; before?: Partial<MessageRow> };

/** Who has the lead, on every message of it. */
export function ownedBy(owner: string | null): Partial<MessageRow> {
  return { owner, owner_id: OPERATORS.find((o) => o.name === owner)?.user_id ?? null, owner_is_me: owner === ME.name };
}

export function inventMessage(n: number, lead: MockLead, slot: number, operator = ME): MockMessage {
  return {
    id: uuid(2, n), lead_id: lead.id, lead_name: lead.name, phone: lead.phone, lane: "queued", reason: null, reason_detail: null,
    next_at: new Date(slot).toISOString(), scheduled_for: new Date(slot).toISOString(), operator: operator.name, owner: null, owner_id: null, owner_is_me: false,
    priority: 3, attempts: 0, simulated: false, content: lead.text, template: n % 3 ? "viewing_offer_v3" : null,
    operator_id: operator.user_id, lane_since: slot,
  };
}
