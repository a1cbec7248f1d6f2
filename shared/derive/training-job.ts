/** The job that trains models on Google Cloud, and the schedule that starts it, declared once. */

/** A job of Cloud Run: one process that does its work and ends. It is no function, because a training takes longer than a push may. */
export interface JobKind {
  /** Its name without the prefix of a deployment; also that of its bundle. */
  readonly name: string;
  /** The account that it runs as, without the prefix. */
  readonly account: string;
  readonly cpu: number;
  /** Memory in MiB. */
  readonly memoryMiB: number;
  /** Seconds after which the platform ends it. */
  readonly timeoutSeconds: number;
  /** How often the platform starts it again when it has failed. */
  readonly maxRetries: number;
}

/** Trains the model of the month on the rows of BigQuery. */
export const TRAINING_JOB: JobKind = {
  name: 'nba-train',
  account: 'nba-train',
  cpu: 1,
  // Rows of some seasons are held column by column, and once more in bins.
  memoryMiB: 2048,
  timeoutSeconds: 3600,
  maxRetries: 1,
};

/** Starts the training. It is on only where the operator has said so (`FULLCOURT_RETRAIN=monthly`). */
export const RETRAINING = {
  name: 'nba-retrain',
  /** The account by which Cloud Scheduler starts the job, without the prefix. It may do nothing else. */
  account: 'nba-retrain',
  description: 'Trains a model on every game before this month, and makes it the challenger.',
  /** Five fields of cron, in US Eastern time: in the morning of the first, when the games of the last night are loaded. */
  cron: '0 10 1 * *',
} as const;
