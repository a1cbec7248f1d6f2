CREATE TABLE IF NOT EXISTS `nba_reference`.`row_changes` (
  `changed_on` DATE NOT NULL OPTIONS (description = 'Day of the publication (UTC).'),
  `changed_at` TIMESTAMP NOT NULL OPTIONS (description = 'When it was published (UTC).'),
  `table_name` STRING NOT NULL OPTIONS (description = 'Table of the row.'),
  `data_date` DATE NOT NULL OPTIONS (description = 'Game date of the row.'),
  `row_key` STRING NOT NULL OPTIONS (description = 'Values of the key columns without the date, separated by spaces.'),
  `kind` STRING NOT NULL OPTIONS (description = 'added, changed or removed.'),
  `column_name` STRING OPTIONS (description = 'Column that changed; NULL for a row that was added or removed.'),
  `old_value` STRING OPTIONS (description = 'Value before, as text.'),
  `new_value` STRING OPTIONS (description = 'Value after, as text.'),
  `run_id` STRING NOT NULL OPTIONS (description = 'Run that published the row.'),
  `backfill_id` STRING OPTIONS (description = 'Backfill that asked for the run.'),
  `source` STRING OPTIONS (description = 'Who said what the row says now, for a row of phase 2 that changed because of a new file or payload: files, or the name of a live source.'),
  `observed_at` TIMESTAMP OPTIONS (description = 'When that file or payload was archived (UTC).')
)
PARTITION BY `changed_on`
CLUSTER BY `data_date`, `table_name`
OPTIONS (require_partition_filter = TRUE, partition_expiration_days = 90, description = 'What publications of the last 90 days have changed in rows that were published before.', labels = [('app', 'fullcourt')]);
