/** The one content hash of the product: deterministic, so pure. */
import { hash } from 'node:crypto';

/** First hex digits of the SHA-256 of `text`: 20 (80 bits), or as many as asked for. */
export function digest(text: string, digits = 20): string {
  return hash('sha256', text, 'hex').slice(0, digits);
}
