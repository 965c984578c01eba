//! Lists, sessions and histories from an event log.

use windowshop_schema::dims::{COLOR_DESCRIPTOR_DIM, MAX_SESSION_EVENTS};
use windowshop_schema::store::Lists;

use crate::catalogue::{self, embedding_text};
use crate::error::IngestError;
use crate::event_facts::FACTS;
use crate::event_log;
use crate::job::Job;
use crate::plan::integers;
use crate::report::SIMULATED_EVENTS;
use crate::sql::{Sql, clean_text, literal, quoted, user_hash};
use crate::staging::{CATALOGUE, HISTORY_ROWS, INTERACTION_ROWS, LIST_EVENTS, LIST_ROWS, LIST_VIEWS};

const DAY_MS: i64 = 86_400_000;

pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(events) = &job.store.events else {
        let text = "lists of kind events need a log: found no [events]; name a file of JSONL";
        return Err(IngestError::Store(text.into()));
    };
    job.step("events", &events.file);
    let simulated = event_log::decode(&job.plans, &job.file(&events.file))?;
    job.report.counts.insert(SIMULATED_EVENTS.into(), simulated);
    let (earliest_ms, now_ms) = times(job)?;
    let timed = Sql::new(include_str!("sql/events/timed.sql"))
        .raw("earliest_ms", &earliest_ms.to_string())
        .raw("latest_ms", &(now_ms + DAY_MS).to_string());
    job.plans.make("events_timed", &timed)?;
    facts(job)?;
    clean(job)?;
    job.report.require_rows("events", &events.file)?;
    lists(job)?;
    histories(job)
}

/// `clean.earliest` and now, in milliseconds since 1970.
fn times(job: &Job<'_>) -> Result<(i64, i64), IngestError> {
    let earliest = &job.store.clean.earliest;
    let sql = format!(
        "SELECT CAST(TRY_CAST({} AS TIMESTAMP) AS BIGINT) / 1000000, CAST(CAST(now() AS TIMESTAMP) AS BIGINT) / 1000000",
        literal(earliest)
    );
    let rows = job.plans.rows("times", &Sql::new(&sql))?;
    let value = |column: usize| rows.first().map(|batch| integers(batch.column(column)));
    match (value(0), value(1)) {
        (Some(first), Some(now)) if !datafusion::arrow::array::Array::is_null(&first, 0) => {
            Ok((first.value(0), now.value(0)))
        }
        _ => Err(IngestError::Store(format!(
            "clean.earliest is `{earliest}`: expected a date of RFC 3339, for example 2000-01-01T00:00:00Z"
        ))),
    }
}

/// Makes the product table from the `item` events, if the store has none.
fn facts(job: &mut Job<'_>) -> Result<(), IngestError> {
    let described = job.plans.count("item events", "SELECT count(*) FROM raw_facts")? > 0;
    if job.plans.has(CATALOGUE) || !described {
        return Ok(());
    }
    let latest: Vec<String> = FACTS
        .iter()
        .map(|fact| Sql::new(include_str!("sql/events/latest.sql").trim()).column("fact", fact).as_str().to_string())
        .collect();
    job.plans.make("raw_items", &Sql::new(include_str!("sql/events/facts.sql")).raw("latest", &latest.join(", ")))?;
    let sql = Sql::new(include_str!("sql/catalogue.sql"))
        .raw("raw", "raw_items")
        .column("id", "id")
        .raw("title", &clean_text(&quoted("title")))
        .raw("text", &clean_text(&quoted("text")))
        .raw("category", &clean_text(&quoted("category")))
        .column("price", "price")
        .column("rating", "rating")
        .column("rating_count", "rating_count")
        .column("image", "image")
        .raw("image_embedding", &embedding_text(quoted("image_embedding")))
        .raw("embedding_dim", &COLOR_DESCRIPTOR_DIM.to_string());
    catalogue::check(job, &sql)
}

fn clean(job: &mut Job<'_>) -> Result<(), IngestError> {
    let clean = &job.store.clean;
    let items = if job.plans.has(CATALOGUE) { "SELECT id FROM catalogue" } else { "SELECT '' AS id WHERE false" };
    job.plans.view("known_items", &Sql::new(items))?;
    let actors = Sql::new(include_str!("sql/events/actors.sql"))
        .raw("user_hash", &user_hash(&job.salt, "name"))
        .raw("unknown", unknown(job));
    job.plans.make("events_actors", &actors)?;
    let checked = Sql::new(include_str!("sql/events/checked.sql"))
        .number("bot_events_per_hour", clean.bot_events_per_hour)
        .number("double_click_ms", clean.double_click_s * 1000.0);
    job.plans.make("events_checked", &checked)?;
    job.report.count_dropped(&job.plans, "events_checked", "events")
}

/// SQL that is true for an item that is not in the catalogue but should be.
fn unknown(job: &Job<'_>) -> &'static str {
    if job.plans.has(CATALOGUE) && !job.options.allow_unknown { "known_items.id IS NULL" } else { "false" }
}

fn lists(job: &mut Job<'_>) -> Result<(), IngestError> {
    let with_lists = matches!(job.store.lists, Some(Lists::Events));
    let shown = Sql::new(include_str!("sql/events/shown_checked.sql"))
        .raw("unknown", unknown(job))
        .raw("with_lists", if with_lists { "true" } else { "false" });
    job.plans.make("shown_checked", &shown)?;
    if with_lists {
        job.report.count_dropped(&job.plans, "shown_checked", "shown items")?;
        job.report.require_rows("shown items", "the event log's rankings")?;
    }
    job.plans.view("shown_kept", &Sql::new("SELECT * FROM shown_checked WHERE reason IS NULL"))?;
    let interactions = Sql::new(include_str!("sql/events/interactions.sql"))
        .number("session_gap_ms", job.store.clean.session_gap_minutes * 60_000.0);
    job.plans.make("interactions", &interactions)?;
    job.plans.view(INTERACTION_ROWS, &Sql::new(include_str!("sql/events/interaction_rows.sql")))?;
    let frequent = Sql::new(include_str!("sql/events/k_anonymous_queries.sql"))
        .number("min_visitors", job.store.privacy.min_query_visitors);
    job.plans.make("k_anonymous_queries", &frequent)?;
    let rare = Sql::new(include_str!("sql/events/rare_queries.sql"));
    job.plans.view("rare_queries", &rare)?;
    job.report.warn(&job.plans, "rare_queries", "lists")?;
    job.plans.view(LIST_VIEWS, &Sql::new(include_str!("sql/events/list_views.sql")))?;
    job.plans.make(LIST_ROWS, &Sql::new(include_str!("sql/events/list_rows.sql")))?;
    let before = Sql::new(include_str!("sql/events/list_events.sql")).number("longest", MAX_SESSION_EVENTS as u32);
    job.plans.make(LIST_EVENTS, &before)
}

fn histories(job: &mut Job<'_>) -> Result<(), IngestError> {
    let sessions =
        Sql::new(include_str!("sql/events/sessions_checked.sql")).number("min_history", job.store.clean.min_history);
    job.plans.make("sessions_checked", &sessions)?;
    job.report.count_dropped(&job.plans, "sessions_checked", "sessions")?;
    job.plans.make(HISTORY_ROWS, &Sql::new(include_str!("sql/events/history_rows.sql")))
}
