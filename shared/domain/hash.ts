/** The one content hash of the product: deterministic, so pure. */
import { hash } from 'node:crypto';

/** First 20 hex digits (80 bits) of the SHA-256 of `text`. */
export function digest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 20);
}
