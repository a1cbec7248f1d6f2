/** Explains predictions: makes each of them again from prediction_inputs and the model that it names, and says what it consists of. */
import { RequestError } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { nearest } from '../../shared/domain/nearest.ts';
import { bareLookup } from '../../shared/domain/namesakes.ts';
import { playerLookup } from '../../shared/domain/player-lookup.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { textsOf, type Row, type TableRows } from '../../shared/domain/table-rows.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { modelOf } from '../../shared/state/models.ts';
import { archivedBytes, WHY_LOST } from '../ingest/archived-bytes.ts';
import { answersAt, tenths, type Answered } from '../processors/player_prop_predictions/answers.ts';
import { explainedOf, type Explained } from '../processors/player_prop_predictions/explained.ts';
import { predictionsOf, type Predictions } from '../processors/player_prop_predictions/systems/model.ts';
import { SYSTEM_IDS, type SystemId } from '../processors/player_prop_predictions/systems/system.ts';
import { trainCommandOf } from './evaluate-model.ts';
import { rowsOn } from './predictions.ts';

export interface ExplainingPorts {
  readonly registry: Registry;
  readonly store: StateStore;
  readonly archive: Pick<ArchiveStore, 'get'>;
  readonly warehouse: Pick<Warehouse, 'ask' | 'read'>;
}

export interface ExplainAsked {
  readonly date: GameDate;
  /** Name, lookup or NBA id of a player. */
  readonly player: string;
  /** By default every system that has predicted him. */
  readonly system?: SystemId | undefined;
}

/** A prediction, and what it consists of. */
export interface ExplainedPrediction {
  readonly system: SystemId;
  readonly modelId: string | null;
  /** The points that the prediction says. */
  readonly predicted: number;
  /** What it is made of, as it was made again; null where it could not be. */
  readonly made: Explained | null;
  /** Whether it came out the same to the last bit, from the row of prediction_inputs that it names. */
  readonly isReproduced: boolean;
  /** Why it could not be made again, or is another one, with the command that helps; null when it is the same. */
  readonly why: string | null;
}

/** The predictions of a player on a date. */
export interface ExplainAnswer {
  readonly player: string;
  readonly date: GameDate;
  readonly game: string;
  readonly team: string;
  readonly opponent: string;
  /** `live`: made before the game. `backfill`: made later. */
  readonly origin: string;
  readonly predictions: readonly ExplainedPrediction[];
}

/**
 * Explains what was predicted of a player.
 * @throws RequestError when nobody is predicted on the date, the player is not among those who are, or the system has no prediction of him
 */
export async function explainPredictions(
  ports: ExplainingPorts,
  { date, player, system }: ExplainAsked,
): Promise<ExplainAnswer> {
  const all = await rowsOn(ports.warehouse, 'predictions', date);
  if (all.length === 0)
    throw new RequestError(
      `Nobody is predicted for ${date}; predict the date with: fullcourt predict --date ${date}`,
    );
  const lookup = predictedPlayer(all, date, player);
  const own = all.filter((row) => row['player_lookup'] === lookup);
  const rows = SYSTEM_IDS.flatMap((id) =>
    own.filter((row) => row['system_id'] === id && (system === undefined || id === system)),
  );
  const [first] = own;
  if (rows.length === 0 || first === undefined)
    throw new RequestError(
      `--system ${system ?? ''} has no prediction of ${lookup} on ${date}; there are: ${own.map((row) => textIn(row, 'system_id')).join(', ')}`,
      { flag: '--system' },
    );
  const game = textIn(first, 'game_id');
  const inputs = await inputsOn(ports, date);
  const at = textsOf(inputs, 'player_lookup').findIndex(
    (name, i) => name === lookup && textsOf(inputs, 'game_id')[i] === game,
  );
  const modelId = own.map((row) => row['model_id']).find((id) => typeof id === 'string');
  const model = modelId === undefined ? undefined : await modelIn(ports, modelId, inputs);
  const lack = typeof model === 'string' ? model : undefined;
  const found = typeof model === 'string' ? undefined : model;
  const answers = at < 0 ? [] : answersAt(inputs, at, found);
  const hash = inputs.texts['feature_hash']?.[at];
  return {
    ...{ player: lookup, date, game, origin: textIn(first, 'origin') },
    ...{ team: textIn(first, 'team_abbr'), opponent: textIn(first, 'opponent_team_abbr') },
    predictions: rows.map((row): ExplainedPrediction => {
      const needsModel = row['model_id'] !== null || row['system_id'] === 'ensemble_v1';
      const why =
        at < 0
          ? `prediction_inputs has no row of ${lookup} on ${date}; bring it back with: fullcourt recover`
          : needsModel
            ? lack
            : undefined;
      return why === undefined
        ? compared(row, date, hash, answers, found?.explainedAt(at))
        : { ...toldBy(row), made: null, isReproduced: false, why };
    }),
  };
}

function toldBy(row: Row): Pick<ExplainedPrediction, 'system' | 'modelId' | 'predicted'> {
  const { model_id: modelId } = row;
  return {
    system: textIn(row, 'system_id') as SystemId,
    modelId: typeof modelId === 'string' ? modelId : null,
    predicted: Number(row['predicted_points']),
  };
}

/** A prediction beside what the system says of the same inputs now. */
function compared(
  row: Row,
  date: GameDate,
  hash: string | null | undefined,
  answers: readonly Answered[],
  ofModel: ReturnType<Predictions['explainedAt']> | undefined,
): ExplainedPrediction {
  const told = toldBy(row);
  const answered = answers.find(({ system }) => system === told.system);
  if (answered === undefined)
    return {
      ...{ ...told, made: null, isReproduced: false },
      why: `${told.system} has no answer for these inputs any more: its code is another one than then`,
    };
  const made = explainedOf(answered, told.system === 'xgboost_v1' ? ofModel : undefined);
  const isOtherRow = hash !== row['feature_hash'];
  const isReproduced = !isOtherRow && tenths(made.points) === told.predicted;
  // A sealed prediction stays as it is. Another one is built again where its code or inputs have changed.
  const next = row['origin'] === 'live' ? '' : `; predict again with: fullcourt predict --date ${date}`;
  return {
    ...{ ...told, made, isReproduced },
    why: isReproduced
      ? null
      : isOtherRow
        ? `prediction_inputs has another row than the one that it was made from: it was built again since${next}`
        : `from the same inputs ${told.system} says ${tenths(made.points).toFixed(1)} now: its code is another one than then${next}`,
  };
}

/** @throws RequestError when the name is that of no player, or of several */
function predictedPlayer(rows: readonly Row[], date: GameDate, asked: string): string {
  const known = [...new Set(rows.map((row) => textIn(row, 'player_lookup')))];
  const lookup = playerLookup(asked);
  const exact = known.filter((name) => name === asked || name === lookup);
  const byId = rows.find((row) => String(row['nba_player_id']) === asked);
  const like =
    exact.length > 0
      ? exact
      : byId === undefined
        ? known.filter((name) => bareLookup(name) === lookup)
        : [textIn(byId, 'player_lookup')];
  const [found, ...others] = like;
  if (found !== undefined && others.length === 0) return found;
  const offered = found === undefined ? nearest(lookup, known, 3) : like;
  throw new RequestError(
    `${found === undefined ? 'Nobody' : 'More than one player'} named ${asked} is predicted on ${date}${offered.length === 0 ? '' : `; there is: ${offered.join(', ')}`}`,
  );
}

async function inputsOn({ registry, warehouse }: ExplainingPorts, date: GameDate): Promise<TableRows> {
  const table = registry.get('prediction_inputs');
  const columns = Object.keys(table.definition.columns);
  const read = await warehouse.read({ table, columns, first: date, last: date });
  if (!read.ok) throw new Error(read.failure.detail);
  return read.value;
}

/** What a model says of the inputs, or why it cannot be asked. */
async function modelIn(
  { store, archive }: ExplainingPorts,
  id: string,
  inputs: TableRows,
): Promise<Predictions | string> {
  const model = await modelOf({ store }, id);
  if (model === undefined) return `nothing is known of ${id}; bring it back with: fullcourt recover`;
  const bytes = await archivedBytes(archive, model.file);
  if (typeof bytes === 'string')
    return `the file of ${id} cannot be used: ${WHY_LOST[bytes]}; bring it back with: ${trainCommandOf(model)}`;
  return predictionsOf({ id, text: new TextDecoder().decode(bytes) }, inputs);
}

function textIn(row: Row, column: string): string {
  return String(row[column] ?? '');
}
