/** Text from outside as a terminal may print it. */

/**
 * A text with its control characters made visible, so that it cannot steer a terminal: escape sequences, line breaks and
 * characters that turn the direction of writing are written as `\u001b`.
 */
export function shown(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    escaped,
  );
}

/** Colours that the command line itself writes, and line breaks; everything else that {@link shown} would escape. */
const STEERING =
  // oxlint-disable-next-line no-control-regex
  /\u001b\[(?:0|1|2|22|31|32|33|36|39)m|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** A text of several lines with the colours of the command line, in which every other control character is made visible. */
export function shownLines(text: string): string {
  return text.replace(STEERING, (found) => (found.length > 1 ? found : escaped(found)));
}

/** A document as JSON in which characters that could steer a terminal are escaped as JSON allows; its value is the same. */
export function shownJson(json: string): string {
  // oxlint-disable-next-line no-control-regex
  return json.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
