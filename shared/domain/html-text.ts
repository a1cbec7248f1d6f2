/** Text inside of a page or a picture. */

/** A text in which no character is a part of the markup of HTML or SVG. */
export function escapedHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
