//! The promises of an ingest, on the small stores below `fixtures/ingest`; one file for each.
#![allow(missing_docs)]

mod bad_rows_are_counted;
mod common;
mod datasets_are_replaced_as_a_whole;
mod events_become_lists_and_visitors;
mod image_embeddings_are_complete_or_empty;
mod labels_never_leak;
mod personal_data_stays_private;
mod reviews_belong_to_items;
mod unreadable_files_are_named;
