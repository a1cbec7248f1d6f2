# Completion for bash. Written by `npm run generate` from the commands, their arguments and their flags.
# Use it with: source scripts/completions/fullcourt.bash
_fullcourt() {
  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" typed="" word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && break
    typed="$typed $word"
  done
  case "$typed" in
    " undeploy"|" undeploy "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --project|--region|--location|--dataset-prefix|--database|--bucket) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --project --region --location --dataset-prefix --database --bucket --yes --dry-run" -- "$current")) ;;
    " doctor"|" doctor "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --project|--region|--location|--dataset-prefix|--database|--bucket) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --project --region --location --dataset-prefix --database --bucket" -- "$current")) ;;
    " verify-deploy"|" verify-deploy "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --project|--region|--location|--dataset-prefix|--database|--bucket|--timeout) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --project --region --location --dataset-prefix --database --bucket --no-probe --timeout" -- "$current")) ;;
    " deploy"|" deploy "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --project|--region|--location|--dataset-prefix|--database|--bucket|--notification-channel|--project-number) return ;;
        --out) compopt -o default; return ;;
        --retrain) COMPREPLY=($(compgen -W "off monthly" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --project --region --location --dataset-prefix --database --bucket --dry-run --out --diff --notification-channel --retrain --project-number" -- "$current")) ;;
    " models rollback"|" models rollback "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --as) COMPREPLY=($(compgen -W "champion challenger" -- "$current")); return ;;
        --reason) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --as --reason" -- "$current")) ;;
    " models promote"|" models promote "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --as) COMPREPLY=($(compgen -W "champion challenger" -- "$current")); return ;;
        --start|--end|--reason) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --as --start --end --force --reason" -- "$current")) ;;
    " models drift"|" models drift "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end" -- "$current")) ;;
    " models show"|" models show "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " models list"|" models list "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --on) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --on" -- "$current")) ;;
    " models"|" models "*)
      COMPREPLY=($(compgen -W "list show drift promote rollback" -- "$current")) ;;
    " explain"|" explain "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --system) COMPREPLY=($(compgen -W "moving_average zone_matchup_v1 similarity_balanced_v1 xgboost_v1 ensemble_v1" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --system" -- "$current")) ;;
    " backtest"|" backtest "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end|--without) return ;;
        --model) COMPREPLY=($(compgen -W "lad trees mean" -- "$current")); return ;;
        --report) compopt -o default; return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --model --without --report" -- "$current")) ;;
    " evaluate"|" evaluate "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --model|--start|--end) return ;;
        --report) compopt -o default; return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --model --start --end --predecessor --report" -- "$current")) ;;
    " train"|" train "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end|--without) return ;;
        --model) COMPREPLY=($(compgen -W "lad trees mean" -- "$current")); return ;;
        --output) compopt -o default; return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --model --without --rolling --monthly --output --dry-run --verbose" -- "$current")) ;;
    " config"|" config "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " snapshot"|" snapshot "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --to) compopt -o default; return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --to" -- "$current")) ;;
    " export"|" export "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --to) compopt -o default; return ;;
        --tables) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --to --tables" -- "$current")) ;;
    " player"|" player "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " unresolved"|" unresolved "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " corrections"|" corrections "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --since) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --since" -- "$current")) ;;
    " sources"|" sources "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --now) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --now --canary" -- "$current")) ;;
    " tables"|" tables "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")) ;;
    " serve"|" serve "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --port|--now) return ;;
        --processes) COMPREPLY=($(compgen -W "one each" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --port --processes --now" -- "$current")) ;;
    " dead-letters delete"|" dead-letters delete "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " dead-letters edit"|" dead-letters edit "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --message) return ;;
        --file) compopt -o default; return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --message --file" -- "$current")) ;;
    " dead-letters replay"|" dead-letters replay "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " dead-letters show"|" dead-letters show "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " dead-letters list"|" dead-letters list "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " dead-letters"|" dead-letters "*)
      COMPREPLY=($(compgen -W "list show replay edit delete" -- "$current")) ;;
    " alias"|" alias "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --team|--season) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --team --season" -- "$current")) ;;
    " reset"|" reset "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --yes" -- "$current")) ;;
    " recover"|" recover "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --dry-run --no-build" -- "$current")) ;;
    " migrate"|" migrate "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --dry-run" -- "$current")) ;;
    " rejects"|" rejects "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " diff"|" diff "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --table) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --table" -- "$current")) ;;
    " query"|" query "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --limit|--as-known-at|--dates|--start|--end) return ;;
        --format) COMPREPLY=($(compgen -W "table csv json ndjson parquet" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --limit --format --portable --as-known-at --dates --start --end" -- "$current")) ;;
    " restatements"|" restatements "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end) return ;;
        --through) COMPREPLY=($(compgen -W "phase2 phase3 phase4 phase5" -- "$current")); return ;;
        --tables) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --through --tables" -- "$current")) ;;
    " coverage"|" coverage "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end) return ;;
        --by) COMPREPLY=($(compgen -W "date week season" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --by --missing --csv --all-dates" -- "$current")) ;;
    " accept"|" accept "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --table) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
        --dates|--start|--end|--reason|--by) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --list --table --dates --start --end --reason --by" -- "$current")) ;;
    " mute"|" mute "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --until|--reason|--by) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --until --reason --by" -- "$current")) ;;
    " health"|" health "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --now) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --week --now" -- "$current")) ;;
    " gaps"|" gaps "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end) return ;;
        --table) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --table --heal --large" -- "$current")) ;;
    " validate"|" validate "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end|--spot|--seed) return ;;
        --tables) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --tables --spot --seed" -- "$current")) ;;
    " why"|" why "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")) ;;
    " status"|" status "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --date) return ;;
        --why) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --date --why" -- "$current")) ;;
    " backfills report"|" backfills report "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --out) compopt -o default; return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --out" -- "$current")) ;;
    " backfills retry"|" backfills retry "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --allow-other-code" -- "$current")) ;;
    " backfills cancel"|" backfills cancel "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " backfills resume"|" backfills resume "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --allow-other-code" -- "$current")) ;;
    " backfills pause"|" backfills pause "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " backfills watch"|" backfills watch "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " backfills show"|" backfills show "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target" -- "$current")) ;;
    " backfills list"|" backfills list "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --state) COMPREPLY=($(compgen -W "running interrupted paused done done_with_failures cancelled refused" -- "$current")); return ;;
        --limit) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --state --limit" -- "$current")) ;;
    " backfills"|" backfills "*)
      COMPREPLY=($(compgen -W "list show watch pause resume cancel retry report" -- "$current")) ;;
    " impact"|" impact "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end|--dates|--season|--max-in-flight|--reason|--game|--player|--team|--set|--by) return ;;
        --from|--through) COMPREPLY=($(compgen -W "phase2 phase3 phase4 phase5" -- "$current")); return ;;
        --tables|--table) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
        --only) COMPREPLY=($(compgen -W "all missing failed stale" -- "$current")); return ;;
        --restate) COMPREPLY=($(compgen -W "auto mark none" -- "$current")); return ;;
        --correct) compopt -o default; return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --dates --season --from --through --tables --only --restate --no-fetch --force --max-in-flight --skip-preflight --reason --correct --game --player --team --set --accept --table --by --backfill --bound --apply" -- "$current")) ;;
    " preflight"|" preflight "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --phase|--through) COMPREPLY=($(compgen -W "phase2 phase3 phase4 phase5" -- "$current")); return ;;
        --start|--end|--dates|--season) return ;;
        --tables) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --phase --start --end --dates --season --through --tables" -- "$current")) ;;
    " plan"|" plan "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end|--dates|--season|--max-in-flight|--reason) return ;;
        --from|--through) COMPREPLY=($(compgen -W "phase2 phase3 phase4 phase5" -- "$current")); return ;;
        --tables) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
        --only) COMPREPLY=($(compgen -W "all missing failed stale" -- "$current")); return ;;
        --restate) COMPREPLY=($(compgen -W "auto mark none" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --dates --season --from --through --tables --only --restate --no-fetch --force --max-in-flight --skip-preflight --reason" -- "$current")) ;;
    " backfill"|" backfill "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --start|--end|--dates|--season|--max-in-flight|--reason|--expect) return ;;
        --from|--through) COMPREPLY=($(compgen -W "phase2 phase3 phase4 phase5" -- "$current")); return ;;
        --tables) COMPREPLY=($(compgen -W "nbac_schedule nbac_game_results nbac_player_boxscores bdl_player_boxscores bettingpros_player_points_props espn_team_rosters nbac_gamebook_player_stats nbac_injury_report nbac_play_by_play nbac_shot_chart nbac_team_boxscore odds_api_game_lines odds_api_player_points_props team_offense_game_summary player_game_summary team_defense_game_summary upcoming_player_game_context upcoming_team_game_context team_defense_zone_analysis player_shot_zone_analysis player_daily_cache player_composite_factors player_season_carry ml_feature_store_v2 prediction_inputs player_prop_predictions prediction_accuracy system_daily_performance" -- "$current")); return ;;
        --only) COMPREPLY=($(compgen -W "all missing failed stale" -- "$current")); return ;;
        --restate) COMPREPLY=($(compgen -W "auto mark none" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --start --end --dates --season --from --through --tables --only --restate --no-fetch --force --max-in-flight --skip-preflight --reason --dry-run --expect --no-watch --allow-other-code" -- "$current")) ;;
    " simulate"|" simulate "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --seasons|--seed|--first-season) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --seasons --seed --first-season" -- "$current")) ;;
    " grade"|" grade "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --date|--now) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --date --now" -- "$current")) ;;
    " predict"|" predict "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --date|--now) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --date --now" -- "$current")) ;;
    " ingest"|" ingest "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --date|--now) return ;;
        --source) COMPREPLY=($(compgen -W "balldontlie bettingpros espn nba_cdn nba_gamebook nba_injuries nba_stats odds_api" -- "$current")); return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --date --source --now" -- "$current")) ;;
    " import"|" import "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --from|--scope) compopt -o default; return ;;
        --season) return ;;
      esac
      [[ $current == -* ]] || { compopt -o default; return; }
      COMPREPLY=($(compgen -W "--json --target --from --dry-run --replace --scope --season" -- "$current")) ;;
    " start"|" start "*)
      case "$before" in
        --target) COMPREPLY=($(compgen -W "embedded emulator gcp" -- "$current")); return ;;
        --data) compopt -o default; return ;;
        --seasons|--seed|--port) return ;;
      esac
      COMPREPLY=($(compgen -W "--json --target --data --seasons --seed --exit --port" -- "$current")) ;;
    *)
      COMPREPLY=($(compgen -W "start import ingest predict grade simulate backfill plan preflight impact backfills status why validate gaps health mute accept coverage restatements query diff rejects migrate recover reset alias dead-letters serve tables sources corrections unresolved player export snapshot config train evaluate backtest explain models deploy verify-deploy doctor undeploy --version" -- "$current")) ;;
  esac
}
complete -F _fullcourt fullcourt
