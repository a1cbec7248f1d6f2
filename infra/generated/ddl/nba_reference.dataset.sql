CREATE SCHEMA IF NOT EXISTS `nba_reference`
OPTIONS (location = 'LOCATION', description = 'History of the runs, and the schedule with its results.', labels = [('app', 'fullcourt')]);
