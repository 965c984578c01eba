//! The product table: `catalogue (ord, id, title, text, category, price, rating, rating_count, image, image_embedding)`.

use windowshop_schema::{dims::COLOR_DESCRIPTOR_DIM, store::Catalogue};

use crate::columns::column;
use crate::error::IngestError;
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, clean_text, quoted};

const TABLE: &str = "catalogue";

/// Reads and checks the product table, if the store has one.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(catalogue) = &job.store.catalogue else { return Ok(()) };
    job.step("catalogue", &catalogue.file);
    let mut columns = vec![column("catalogue.id", &catalogue.id), column("catalogue.title", &catalogue.title)];
    columns.extend(catalogue.text.iter().map(|name| column("catalogue.text", name)));
    let optional = [
        ("catalogue.category", &catalogue.category),
        ("catalogue.price", &catalogue.price),
        ("catalogue.rating", &catalogue.rating),
        ("catalogue.rating_count", &catalogue.rating_count),
        ("catalogue.image", &catalogue.image),
        ("catalogue.image_embedding", &catalogue.image_embedding),
    ];
    columns.extend(optional.iter().filter_map(|(setting, name)| name.as_ref().map(|name| column(setting, name))));
    source::open(&job.plans, "raw_catalogue", "catalogue.file", &job.file(&catalogue.file), true, &columns)?;
    check(job, &facts(catalogue))?;
    job.report.require_rows(TABLE, &catalogue.file)
}

/// Runs `sql`, a filled catalogue plan, and registers the kept rows as table `catalogue`.
pub(crate) fn check(job: &mut Job<'_>, sql: &Sql) -> Result<(), IngestError> {
    job.plans.make("catalogue_checked", sql)?;
    job.report.count_dropped(&job.plans, "catalogue_checked", TABLE)?;
    job.plans.view("catalogue_warnings", &Sql::new(include_str!("sql/catalogue_warnings.sql")))?;
    job.report.warn(&job.plans, "catalogue_warnings", TABLE)?;
    job.plans.view(TABLE, &Sql::new(include_str!("sql/catalogue_kept.sql")))
}

fn facts(catalogue: &Catalogue) -> Sql {
    let texts: Vec<String> = catalogue.text.iter().map(|name| format!("coalesce({}, '')", quoted(name))).collect();
    let text = if texts.is_empty() { "''".into() } else { texts.join(" || ' ' || ") };
    let category = catalogue.category.as_deref().map_or("CAST(NULL AS VARCHAR)".into(), quoted);
    Sql::new(include_str!("sql/catalogue.sql"))
        .raw("raw", "raw_catalogue")
        .column("id", &catalogue.id)
        .raw("title", &clean_text(&quoted(&catalogue.title)))
        .raw("text", &clean_text(&text))
        .raw("category", &clean_text(&category))
        .optional_column("price", catalogue.price.as_deref())
        .optional_column("rating", catalogue.rating.as_deref())
        .optional_column("rating_count", catalogue.rating_count.as_deref())
        .optional_column("image", catalogue.image.as_deref())
        .raw(
            "image_embedding",
            &embedding_text(catalogue.image_embedding.as_deref().map_or("CAST(NULL AS VARCHAR)".into(), quoted)),
        )
        .raw("embedding_dim", &COLOR_DESCRIPTOR_DIM.to_string())
}

/// SQL that turns the array of a colour descriptor into space-separated numbers.
pub(crate) fn embedding_text(expression: impl AsRef<str>) -> String {
    format!("lower(trim(regexp_replace({}, '[\\[\\],;\\s]+', ' ', 'g')))", expression.as_ref())
}
