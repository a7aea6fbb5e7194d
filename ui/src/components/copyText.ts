/** Puts text that is no secret onto the clipboard. Secrets go through the program, which also clears them. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
