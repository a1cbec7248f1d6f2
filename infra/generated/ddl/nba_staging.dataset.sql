CREATE SCHEMA IF NOT EXISTS `nba_staging`
OPTIONS (location = 'LOCATION', description = 'Rows of runs before they are published; every table expires by itself.', default_table_expiration_days = 1, labels = [('app', 'fullcourt')]);
