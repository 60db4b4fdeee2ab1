/** What a row may tell beyond its grid's columns. A row that does not carry it leaves it undefined. */
export type Known = {
  /** Whose lead it is, for a pause of that client. */
  client_id?: string | null;
  client?: string | null;
  operator_id?: string | null;
  /** When the request left, and through which sender. */
  dispatched_at?: string | null;
  sender?: string | null;
};

export const known = (row: object | null): Known => (row ?? {}) as Known;
