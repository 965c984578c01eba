//! Labels are in no history and no statistic that training reads.

use windowshop_ingest::{Dataset, IngestOptions, ingest_raw};
use windowshop_schema::event::InteractionKind::Click;

use crate::common::{fixture, ids, ingested, reasons};

#[test]
fn candidates_are_labelled_by_the_next_interaction() {
    let (_out, dataset) = ingested("candidates");
    assert_eq!(
        reasons(&dataset.report, "lists"),
        [
            ("empty user", 1),
            ("no next item in the histories", 1),
            ("user is not in the histories", 1),
            ("user twice: the first row is kept", 1),
        ]
    );
    let [anna, ben, emil] = &dataset.lists[..] else { panic!("{:?}", dataset.lists) };
    assert_eq!(ids(&dataset, &anna.items), ["12", "11", "99"]);
    assert_eq!(anna.grades, [1.0, 0.0, 0.0]);
    assert_eq!(anna.session.iter().map(|event| event.kind).collect::<Vec<_>>(), [Click, Click]);
    assert_eq!(ids(&dataset, &anna.session.iter().map(|event| event.item).collect::<Vec<_>>()), ["10", "11"]);
    assert_eq!(ids(&dataset, &anna.training_only), ["13"]);
    assert_eq!(ids(&dataset, &[ben.target.unwrap()]), ["77"], "a target need not be in the list");
    assert_eq!(ben.grades, [0.0, 0.0]);
    assert!(emil.session.is_empty(), "a visitor without a past keeps the list");
    assert!(dataset.shop_order);
    assert_eq!(dataset.report.dropped_rows("lists.items"), 1);
}

#[test]
fn the_target_of_a_user_with_a_list_is_in_no_history_and_no_statistic() {
    let (_out, dataset) = ingested("candidates");
    let target = dataset.items.iter().position(|item| item.id == "77").unwrap() as u32;
    assert!(dataset.histories.iter().all(|history| !history.items.contains(&target) && history.target != Some(target)));
    assert!(dataset.histories.iter().all(|history| !(history.has_list && history.target.is_some())));
    assert!(dataset.transitions().unwrap().iter().all(|pair| pair.from != target && pair.to != target));
    assert!(dataset.cooccurrence().unwrap().iter().all(|pair| pair.a != target && pair.b != target));
    assert_eq!(dataset.statistics[target as usize].interactions, 0);
    let cleo = dataset.histories.iter().find(|history| !history.has_list && history.target.is_some()).unwrap();
    assert_eq!(ids(&dataset, &[cleo.target.unwrap()]), ["13"], "a user without a list keeps what came next");
}

#[test]
fn pair_statistics_of_some_users_count_their_interactions_only() {
    let (_out, dataset) = ingested("candidates");
    let users: Vec<&str> = dataset.histories.iter().map(|history| history.user.as_str()).collect();
    assert!(users.len() > 1);
    assert_eq!(dataset.transitions_of(&users).unwrap(), dataset.transitions().unwrap());
    assert_eq!(dataset.cooccurrence_of(&users).unwrap(), dataset.cooccurrence().unwrap());
    let mut added: u32 = 0;
    for history in &dataset.histories {
        let of = dataset.transitions_of(&[&history.user]).unwrap();
        let known: Vec<u32> = history.items.iter().chain(&history.target).copied().collect();
        assert!(of.iter().all(|pair| known.contains(&pair.from) && known.contains(&pair.to)));
        added += of.iter().map(|pair| pair.count).sum::<u32>();
    }
    assert_eq!(added, dataset.transitions().unwrap().iter().map(|pair| pair.count).sum::<u32>());
    assert!(
        dataset.transitions_of(&[]).unwrap().is_empty() && dataset.cooccurrence_of(&["nobody"]).unwrap().is_empty()
    );
}

#[test]
fn sessions_without_users_become_histories_with_pair_statistics() {
    let (out, dataset) = ingested("sessions");
    assert_eq!(reasons(&dataset.report, "histories"), [("shorter than clean.min_history", 1)]);
    let mut histories: Vec<_> =
        dataset.histories.iter().map(|history| ids(&dataset, &history.items).join(" ")).collect();
    histories.sort();
    assert_eq!(histories, ["1 2", "2 3 2", "3 4 5"]);
    let row = |id: &str| dataset.items.iter().position(|item| item.id == id).unwrap() as u32;
    let transitions = dataset.transitions().unwrap();
    let weight =
        |from, to| transitions.iter().find(|t| (t.from, t.to) == (row(from), row(to))).map(|t| (t.weight, t.count));
    assert_eq!(weight("3", "4"), Some((1.0, 1)));
    assert_eq!(weight("3", "5"), Some((0.5, 1)));
    assert_eq!(weight("2", "2"), None, "an item does not lead to itself");
    assert_eq!(weight("4", "3"), None);
    let pairs = dataset.cooccurrence().unwrap();
    assert!(pairs.iter().all(|pair| pair.a < pair.b));
    assert_eq!(pairs.iter().map(|pair| pair.count).sum::<u32>(), 5);

    let (_, dir) = fixture("sessions");
    let test = out.path().join("test");
    ingest_raw(&dataset.store, &dir.join("test.tsv"), None, &test, &IngestOptions::default()).unwrap();
    let targets: Vec<_> = Dataset::open(&test).unwrap().histories.iter().filter_map(|history| history.target).collect();
    assert_eq!(targets.len(), 2, "a single file stands for the main file");
}

#[test]
fn labels_of_lists_are_in_no_history_and_a_long_pause_starts_a_new_session() {
    let (_out, dataset) = ingested("events");
    let anna: Vec<_> = dataset.histories.iter().filter(|history| history.has_list).collect();
    let items: Vec<_> = anna.iter().map(|history| ids(&dataset, &history.items).join(" ")).collect();
    assert_eq!(items, ["hat", "cup", "cup"], "before, after a pause, and the cancellation an hour later");
    let hat = dataset.items.iter().position(|item| item.id == "hat").unwrap();
    assert_eq!(dataset.statistics[hat].interactions, 2, "the cart of the second list is a label");
}

#[test]
fn statistics_of_some_lists_count_those_lists_only() {
    let (_out, dataset) = ingested("events");
    let hat = dataset.items.iter().position(|item| item.id == "hat").unwrap();
    let first = dataset.list_statistics(&[0]).unwrap()[hat];
    assert_eq!((first.impressions, first.clicks), (1, 0));
    let all = dataset.list_statistics(&[0, 1]).unwrap()[hat];
    assert_eq!((all.impressions, all.clicks, all.carts, all.purchases), (2, 1, 1, 0));
}
