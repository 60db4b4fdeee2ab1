/** Puts a text on the clipboard; false when the system refuses. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Older WebKit gives the clipboard only to a selection.
    const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "hidden" });
    document.body.append(field);
    field.select();
    const done = document.execCommand?.("copy") ?? false;
    field.remove();
    return done;
  }
}
