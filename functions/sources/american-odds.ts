/** Checks the prices of bookmakers. */
import { PayloadFault } from './source.ts';

/**
 * A price in American odds; null where a side is not quoted.
 * @throws PayloadFault for a price that is between -100 and 100, such as decimal odds
 */
export function americanOdds(price: number | null | undefined): number | null {
  if (price == null) return null;
  if (Math.abs(price) < 100) throw new PayloadFault(`has the price ${price}, which is no American odds`);
  return price;
}
