CREATE TABLE IF NOT EXISTS `nba_reference`.`processor_run_history` (
  `processor_name` STRING NOT NULL OPTIONS (description = 'Table that the run was for.'),
  `run_id` STRING NOT NULL OPTIONS (description = 'The run.'),
  `phase` STRING NOT NULL OPTIONS (description = 'phase2 to phase5.'),
  `data_date` DATE NOT NULL OPTIONS (description = 'Game date of the partition.'),
  `season` STRING NOT NULL OPTIONS (description = 'Season of that date, such as 2023-24.'),
  `status` STRING NOT NULL OPTIONS (description = 'success, partial, empty, skipped or failed.'),
  `started_at` TIMESTAMP NOT NULL OPTIONS (description = 'When the attempt began (UTC).'),
  `processed_at` TIMESTAMP NOT NULL OPTIONS (description = 'When it ended (UTC).'),
  `duration_seconds` FLOAT64 NOT NULL OPTIONS (description = 'Seconds between the two.'),
  `records_processed` INT64 NOT NULL OPTIONS (description = 'Rows that the partition has.'),
  `expected_records` INT64 NOT NULL OPTIONS (description = 'Rows that it should have.'),
  `output_table` STRING NOT NULL OPTIONS (description = 'dataset.table.'),
  `run_mode` STRING NOT NULL OPTIONS (description = 'live or backfill.'),
  `backfill_id` STRING OPTIONS (description = 'Backfill that asked for the run.'),
  `attempt` INT64 NOT NULL OPTIONS (description = 'Number of the attempt, from 1.'),
  `skip_reason` STRING OPTIONS (description = 'Why nothing was to be done.'),
  `failure_category` STRING OPTIONS (description = 'Code of the failure.'),
  `error` STRING OPTIONS (description = 'What went wrong.'),
  `service_revision` STRING OPTIONS (description = 'Revision of the service that made the attempt.')
)
PARTITION BY `data_date`
CLUSTER BY `processor_name`
OPTIONS (require_partition_filter = TRUE, description = 'One row for each attempt at a partition; written, never read to decide.', labels = [('app', 'fullcourt')]);
