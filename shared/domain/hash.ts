/** The one content hash of the product. It depends on nothing but its argument. */
import { hash } from 'node:crypto';

/**
 * The first hex digits of the SHA-256 of `text`.
 * @param digits how many, 1 to 64; 20 (80 bits) by default
 */
export function digest(text: string, digits = 20): string {
  return hash('sha256', text, 'hex').slice(0, digits);
}
