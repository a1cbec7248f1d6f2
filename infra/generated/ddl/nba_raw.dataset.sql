CREATE SCHEMA IF NOT EXISTS `nba_raw`
OPTIONS (location = 'LOCATION', description = 'Phase 2: what the sources say, as it was loaded.', labels = [('app', 'fullcourt')]);
