/** Loads what BettingPros answers on the market of points. */
import { ANSWERED_LINES, playerLinesLoad } from '../../ingest/player-lines.ts';
import { LINES } from '../_shared/player-line-columns.ts';
import definition from './definition.ts';

export default playerLinesLoad(definition, LINES, { bettingpros_props: ANSWERED_LINES });
