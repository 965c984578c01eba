//! Memorisation and k-anonymity of simulated visitors.

mod synthetic_shop;

use synthetic_shop::{START_MS, pbm, products, shop, simulated, visit};
use windowshop_behaviour::clicks::{Impression, List};
use windowshop_behaviour::simulate::{
    Memorisation, ShopLog, ShopProfile, ShownList, SimulateSettings, Visit, memorisation, simulate,
};
use windowshop_schema::event::InteractionKind;

/// The visits of the visitors that `keep` accepts, under other visitor names.
fn renamed(log: &ShopLog, keep: impl Fn(&str) -> bool) -> ShopLog {
    let visits = log.visits().iter().filter(|visit| keep(&visit.visitor));
    let visits = visits.map(|visit| Visit { visitor: format!("other {}", visit.visitor), ..visit.clone() });
    ShopLog::new(log.products().to_vec(), visits.collect()).unwrap()
}

fn warnings(found: &Memorisation) -> Vec<&'static str> {
    found.warnings().map(|measure| measure.name).collect()
}

#[test]
fn held_out_and_simulated_visitors_show_no_memorisation() {
    let all = shop(1_200);
    let even = |name: &str| name[1..].parse::<usize>().unwrap().is_multiple_of(2);
    let fitted = renamed(&all, even);
    let held_out = memorisation(&fitted, &renamed(&all, |name| !even(name)), 1).unwrap();
    assert_eq!(warnings(&held_out), [""; 0], "{held_out:#?}");
    // The reference, each fitted visitor against all others, equals held-out visitors.
    for measure in &held_out.measures {
        let [low, high] = measure.difference.ci95;
        assert!(low <= 0.0 && 0.0 <= high && measure.real.value > 0.0 || measure.simulated.value == 0.0, "{measure:?}");
    }
    let simulated_log = memorisation(&fitted, &simulated(&fitted, 600, 1), 1).unwrap();
    assert_eq!(warnings(&simulated_log), [""; 0], "{simulated_log:#?}");
    assert_eq!((simulated_log.visitors, simulated_log.single_visitor_lists.is_some()), ([600, 600], true));
}

#[test]
fn copied_visitors_are_detected_even_at_one_in_twenty() {
    let all = shop(1_200);
    let even = |name: &str| name[1..].parse::<usize>().unwrap().is_multiple_of(2);
    let fitted = renamed(&all, even);
    let copies = memorisation(&fitted, &renamed(&fitted, |_| true), 1).unwrap();
    assert_eq!(warnings(&copies).len(), 4, "{copies:#?}");
    assert!(copies.measures[0].simulated.value == 1.0 && copies.simulated_runs.most > copies.real_runs.most);
    let independent = renamed(&all, |name| !even(name));
    let few = renamed(&fitted, |name| name["other v".len()..].parse::<usize>().unwrap().is_multiple_of(40));
    let mixed = [independent.visits(), few.visits()].concat();
    let mixed = memorisation(&fitted, &ShopLog::new(products(), mixed).unwrap(), 1).unwrap();
    assert!(warnings(&mixed).iter().any(|of| of.starts_with("exact copies")), "{mixed:#?}");
}

#[test]
fn memorisation_matches_a_count_by_hand() {
    let click = |name: &str, products: &[usize]| visit(name, START_MS, products, InteractionKind::Click);
    let log = |visits: Vec<Visit>| ShopLog::new(products(), visits).unwrap();
    let fitted = log(vec![click("a", &[1, 2, 3, 4]), click("b", &[1, 2, 5]), click("c", &[9, 8, 3])]);
    // A copy of b; a run of three of a; no overlap; a transition of two visitors.
    let simulated_log =
        log(vec![click("s", &[1, 2, 5]), click("t", &[7, 2, 3, 4]), click("u", &[20, 21]), click("v", &[1, 2, 30])]);
    let found = memorisation(&fitted, &simulated_log, 1).unwrap();
    let values: Vec<[f64; 2]> =
        found.measures.iter().map(|measure| [measure.simulated.value, measure.real.value]).collect();
    // Transitions of one visitor: 2-5 of b, 2-3 and 3-4 of a, in 12 picks. Of the fitted ones, 1-2 has one other visitor, twice in 10 picks.
    let expected = [[1.0 / 3.0, 0.0], [8.0 / 4.0, 5.0 / 3.0], [0.5, 0.0], [3_000.0 / 12.0, 2_000.0 / 10.0]];
    assert_eq!(values, expected, "{found:#?}");
    assert_eq!((found.simulated_runs.most, found.real_runs.most, found.single_visitor_lists), (3, 2, None));
    assert_eq!(found, memorisation(&fitted, &simulated_log, 1).unwrap());
    assert!(
        memorisation(&log(vec![click("a", &[1])]), &simulated_log, 1).is_none(),
        "one fitted visitor has no reference"
    );
}

#[test]
fn behaviour_of_too_few_visitors_is_not_simulated() {
    let list = |items: &[usize]| {
        let items: Vec<String> = items.iter().map(|p| format!("p{p}")).collect();
        Impression::new(List::ranked("q".into(), items).unwrap(), vec![true, false, false]).unwrap()
    };
    // Twelve visitors pick 1, 2 and see one list; three others pick 5, 6 (another category) and see one of their own.
    let visits = (0..15).map(|number| {
        let (picks, shown) = if number < 12 { ([1, 41], [4, 8, 12]) } else { ([5, 6], [16, 20, 24]) };
        let mut visit = visit(&format!("v{number:02}"), START_MS, &picks, InteractionKind::Click);
        visit.lists.push(ShownList { time_ms: START_MS + 60_000, impression: list(&shown) });
        visit
    });
    let log = ShopLog::new(products(), visits.collect()).unwrap();
    let simulated_log = |min_visitors| {
        let profile = ShopProfile::fit_with_min_visitors(&log, &pbm(), min_visitors).unwrap();
        simulate(&profile, &SimulateSettings { visitors: 2_000, seed: 1, ..SimulateSettings::default() }).unwrap()
    };
    let shown = |log: &ShopLog, item: &str| log.impressions().any(|shown| shown.list().items().contains(&item.into()));
    let steps = |log: &ShopLog, from: usize, to: usize| {
        let picks =
            |visit: &Visit| visit.interactions.iter().map(|interaction| interaction.product).collect::<Vec<_>>();
        log.visits().iter().filter(|visit| picks(visit).windows(2).any(|step| step == [from, to])).count()
    };
    let (all, shared, none) = (simulated_log(1), simulated_log(4), simulated_log(13));
    assert!(shown(&all, "p16") && !shown(&shared, "p16") && shown(&shared, "p4"));
    assert!(none.impressions().next().is_none(), "no list remains");
    assert!(steps(&all, 5, 6) > 3 * steps(&shared, 5, 6), "{} {}", steps(&all, 5, 6), steps(&shared, 5, 6));
    // 1 keeps everything.
    assert_eq!(all, {
        simulate(
            &ShopProfile::fit(&log, &pbm()).unwrap(),
            &SimulateSettings { visitors: 2_000, seed: 1, ..SimulateSettings::default() },
        )
        .unwrap()
    });
}
