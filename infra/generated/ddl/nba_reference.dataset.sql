CREATE SCHEMA IF NOT EXISTS `nba_reference`
OPTIONS (location = 'LOCATION', description = 'History of the runs, changes of rows, and the schedule with its results.', labels = [('app', 'fullcourt')]);
