/** The predictions of a date, and their grades, as a person asks for them. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Row } from '../../shared/domain/table-rows.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { rowsAnswering } from './query.ts';

/** Which of the two is asked for. */
export type Asked = 'predictions' | 'grades';

/** The command that asks for it. */
export function commandOf(asked: Asked): 'predict' | 'grade' {
  return asked === 'predictions' ? 'predict' : 'grade';
}

const TABLES: Readonly<Record<Asked, readonly string[]>> = {
  predictions: ['prediction_inputs', 'player_prop_predictions'],
  grades: ['prediction_accuracy', 'system_daily_performance'],
};

/** The table whose rows answer. */
const ANSWERS: Readonly<Record<Asked, string>> = {
  predictions: 'nba_predictions.player_prop_predictions',
  grades: 'nba_predictions.prediction_accuracy',
};

/** The backfill request that brings the predictions or the grades of a date; what they rest on is built first where it is lacking. */
export function requestOf(asked: Asked, date: GameDate): BackfillRequest {
  return {
    startDate: date,
    endDate: date,
    from: 'phase5',
    through: 'phase5',
    tables: [...TABLES[asked]],
    requestedBy: commandOf(asked),
  };
}

/** The rows of a date: predictions by game, player and system, or their grades. */
export function rowsOn(warehouse: Pick<Warehouse, 'ask'>, asked: Asked, date: GameDate): Promise<Row[]> {
  // A game date is digits and hyphens: nothing that a person has typed is part of the query.
  return rowsAnswering(
    warehouse,
    `SELECT * FROM ${ANSWERS[asked]} WHERE game_date = DATE '${date}' ORDER BY game_id, player_lookup, system_id`,
  );
}
