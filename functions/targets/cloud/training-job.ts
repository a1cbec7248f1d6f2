/** The job that trains the model of the month on Google Cloud: one process that reads BigQuery, writes the model, and ends. */
import { environment, readConfig, type Environment } from '../../../shared/config.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import { assertEasternZone } from '../../../shared/domain/game-date.ts';
import { retrain } from '../../control/retrain.ts';
import { loadRegistry } from '../../processors/registry.ts';
import { closePort, cloudStore, functionLog } from './documents.ts';
import { cloudArchive } from './files.ts';
import { cloudWarehouse } from './tables.ts';

/**
 * Trains as `fullcourt train --monthly` does. The exit code of the process becomes 1 when the model fails a required check, so that
 * the execution of the job counts as failed.
 * @throws RequestError when the configuration is wrong or the rows cannot be read
 */
export async function runTrainingJob(env: Environment = environment): Promise<void> {
  const config = readConfig(env);
  if (config.target !== 'gcp')
    throw new RequestError(`FULLCOURT_TARGET: a job is on the target gcp, not ${config.target}`);
  assertEasternZone();
  const [registry, store, log] = [loadRegistry(), cloudStore(config), functionLog(config)];
  try {
    const { outcome } = await retrain(
      {
        ...{ registry, store, log, archive: cloudArchive(config) },
        warehouse: cloudWarehouse(config, registry, { store, log }),
        clock: () => new Date(),
      },
      () => undefined,
    );
    if (outcome === 'refused') process.exitCode = 1;
  } finally {
    await closePort(store);
  }
}
