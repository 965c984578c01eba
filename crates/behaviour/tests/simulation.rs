//! Properties of simulated visitors.

use std::collections::{BTreeMap, HashSet};

use windowshop_behaviour::clicks::{AnySettings, ClickLog, ClickModel, Impression, List, PbmSettings};
use windowshop_behaviour::simulate::{
    Interaction, Memorisation, Product, ShopLog, ShopProfile, ShownList, SimulateSettings, Visit, events, fidelity,
    memorisation, simulate,
};
use windowshop_schema::event::{Event, InteractionKind};

const DAY_MS: i64 = 86_400_000;
/// 2025-01-06, a Monday.
const START_MS: i64 = 1_736_121_600_000;
const PRODUCTS: usize = 60;
const CATEGORIES: usize = 4;

/// SplitMix64 (Steele et al. 2014), in [0, 1).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() * bound as f64) as usize
    }
}

fn products() -> Vec<Product> {
    let product = |i: usize| Product {
        id: format!("p{i}"),
        category: format!("c{}", i % CATEGORIES),
        price: (!i.is_multiple_of(7)).then_some(1.0 + (i / CATEGORIES) as f64),
    };
    (0..PRODUCTS).map(product).collect()
}

/// A shop with evening and weekend traffic, loyal visitors with price preferences, repeats, and lists with clicks.
fn shop(visitors: usize) -> ShopLog {
    let mut visits = Vec::new();
    for number in 0..visitors {
        let mut draws = Draws(number as u64 * 7_919 + 3);
        let (favourite, dear) = (draws.below(CATEGORIES), draws.next() < 0.5);
        let mut day = draws.below(60) as i64;
        let mut earlier: Vec<usize> = Vec::new();
        for _ in 0..1 + draws.below(4) {
            let hour = if draws.next() < 0.7 { 18 + draws.below(5) } else { draws.below(24) };
            let start_ms = START_MS + day * DAY_MS + hour as i64 * 3_600_000 + draws.below(3_600_000) as i64;
            let mut visit = Visit { visitor: format!("v{number}"), start_ms, lists: vec![], interactions: vec![] };
            let mut here: Vec<usize> = Vec::new();
            let mut category = if draws.next() < 0.7 { favourite } else { draws.below(CATEGORIES) };
            let mut time_ms = start_ms;
            let mut interaction = |visit: &mut Visit, draws: &mut Draws, product: usize, list: Option<usize>| {
                let mut add = |kind, draws: &mut Draws| {
                    visit.interactions.push(Interaction { time_ms, product, kind, list });
                    time_ms += 5_000 + draws.below(60_000) as i64;
                };
                add(InteractionKind::Click, draws);
                if draws.next() < 0.3 {
                    add(InteractionKind::Cart, draws);
                    if draws.next() < 0.5 {
                        add(InteractionKind::Purchase, draws);
                        if draws.next() < 0.2 {
                            add(InteractionKind::Cancel, draws);
                        }
                    }
                }
            };
            if draws.next() < 0.6 {
                let items: Vec<usize> =
                    (0..8).map(|i| (i * CATEGORIES * (1 + draws.below(2)) + category) % PRODUCTS).collect();
                let items: Vec<usize> =
                    items.iter().enumerate().filter(|(i, p)| !items[..*i].contains(p)).map(|(_, p)| *p).collect();
                let clicked: Vec<bool> = (0..items.len()).map(|i| draws.next() < 0.5 / (1.0 + i as f64)).collect();
                for (&product, _) in items.iter().zip(&clicked).filter(|(_, clicked)| **clicked) {
                    interaction(&mut visit, &mut draws, product, Some(0));
                    here.push(product);
                }
                let list =
                    List::ranked(format!("c{category}"), items.iter().map(|p| format!("p{p}")).collect()).unwrap();
                let impression = Impression::new(list, clicked).unwrap();
                visit.lists.push(ShownList { time_ms: start_ms, impression });
            }
            for _ in 0..1 + draws.below(5) {
                let product = if !here.is_empty() && draws.next() < 0.2 {
                    here[draws.below(here.len())]
                } else if !earlier.is_empty() && draws.next() < 0.3 {
                    earlier[draws.below(earlier.len())]
                } else {
                    category = if draws.next() < 0.75 { category } else { draws.below(CATEGORIES) };
                    let of_category = PRODUCTS / CATEGORIES;
                    let place = if dear {
                        of_category / 2 + draws.below(of_category - of_category / 2)
                    } else {
                        draws.below(of_category / 2)
                    };
                    place * CATEGORIES + category
                };
                interaction(&mut visit, &mut draws, product, None);
                here.push(product);
            }
            earlier.append(&mut here);
            visits.push(visit);
            day += 1 + draws.below(9) as i64;
        }
    }
    ShopLog::new(products(), visits).unwrap()
}

fn pbm() -> AnySettings {
    AnySettings::Pbm(PbmSettings::default())
}

fn simulated(log: &ShopLog, visitors: usize, seed: u64) -> ShopLog {
    let profile = ShopProfile::fit(log, &pbm()).unwrap();
    simulate(&profile, &SimulateSettings { visitors, seed, ..SimulateSettings::default() }).unwrap()
}

/// A visit with one interaction per product.
fn visit(visitor: &str, start_ms: i64, products: &[usize], kind: InteractionKind) -> Visit {
    let interactions = products.iter().enumerate().map(|(i, &product)| Interaction {
        time_ms: start_ms + i as i64 * 1_000,
        product,
        kind,
        list: None,
    });
    Visit { visitor: visitor.into(), start_ms, lists: vec![], interactions: interactions.collect() }
}

#[test]
fn simulated_visitors_are_nearly_as_close_to_real_ones_as_two_halves_of_these() {
    let real = shop(2_000);
    let report = fidelity(&real, &simulated(&real, 2_000, 1));
    assert_eq!((report.visitors, report.distances.len(), report.rates.len()), ([2_000, 2_000], 11, 8));
    for distance in &report.distances {
        let floor = distance.floor.unwrap();
        assert!(distance.distance < 2.0 * floor + 0.04, "{distance:?}");
    }
    for rate in &report.rates {
        assert!((rate.real - rate.simulated).abs() < 0.05, "{rate:?}");
    }
    // Another shop is far away.
    let other = ShopLog::new(
        products(),
        (0..300).map(|i| visit(&format!("o{i}"), START_MS, &[i % 3], InteractionKind::Click)).collect(),
    );
    let other = fidelity(&real, &other.unwrap());
    assert!(other.distances.iter().filter(|distance| distance.distance > 0.3).count() >= 8, "{other:#?}");
}

#[test]
fn a_seed_determines_the_visitors_for_any_number_of_threads_and_visitors() {
    let real = shop(300);
    let with = |threads: usize, visitors: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| simulated(&real, visitors, seed))
    };
    let one = with(1, 200, 5);
    assert_eq!(one, with(4, 200, 5));
    assert_ne!(one, with(1, 200, 6));
    let more = with(3, 400, 5);
    assert_eq!(more.visits()[..one.visits().len()], *one.visits());
}

#[test]
fn every_event_is_marked_has_a_unique_id_and_is_parsed_back() {
    let log = simulated(&shop(300), 200, 2);
    let mut shown: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    let (mut names, mut last, mut kinds) = (HashSet::new(), i64::MIN, HashSet::new());
    for event in events(&log) {
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event);
        assert!(line.contains(r#"{"name":"simulated","value":true}"#), "{line}");
        let (id, timestamp) = match event {
            Event::Item { id, timestamp, .. } => (id, timestamp),
            Event::Ranking { id, timestamp, items, fields, user, session, .. } => {
                assert!(fields.iter().any(|field| field.name == "query") && user.is_some() && session.is_some());
                shown.insert(id.clone(), items.into_iter().map(|item| item.id).collect());
                (id, timestamp)
            }
            Event::Interaction { id, timestamp, ranking, item, kind, .. } => {
                assert!(ranking.is_none_or(|ranking| shown[&ranking].contains(&item)), "shown before, with the item");
                kinds.insert(kind);
                (id, timestamp)
            }
            other => panic!("{other:?}"),
        };
        assert!(names.insert(id.clone()), "{id}");
        let time_ms: i64 = timestamp.parse().unwrap();
        assert!(time_ms >= last, "{time_ms} {last}");
        last = time_ms;
    }
    assert_eq!(kinds.len(), 4, "clicks, carts, purchases and cancellations");
}

#[test]
fn clicks_in_lists_follow_the_click_model() {
    // Without prices there is no price effect.
    let real = shop(1_500);
    let free = real.products().iter().map(|product| Product { price: None, ..product.clone() }).collect();
    let real = ShopLog::new(free, real.visits().to_vec()).unwrap();
    let impressions: Vec<Impression> = real.impressions().cloned().collect();
    let model = pbm().fit(&ClickLog::new(&impressions).unwrap()).unwrap().model;
    let (mut clicks, mut expected) = ([0.0; 8], [0.0; 8]);
    for impression in simulated(&real, 3_000, 3).impressions() {
        for (rank, (clicked, marginal)) in
            impression.clicked().iter().zip(model.marginal(impression.list())).enumerate()
        {
            clicks[rank] += f64::from(u8::from(*clicked));
            expected[rank] += marginal;
        }
    }
    for (clicks, expected) in clicks.into_iter().zip(expected) {
        assert!((clicks - expected).abs() < 4.0 * f64::sqrt(expected) + 1.0, "{clicks} {expected}");
    }
}

#[test]
fn visitors_have_the_price_preference_of_real_ones() {
    // Share of consecutive picks on the same side of the median price of their category.
    let same_side = |log: &ShopLog| {
        let dear = |product: usize| product / CATEGORIES >= PRODUCTS / CATEGORIES / 2;
        let (mut same, mut all) = (0.0, 0.0);
        for visit in log.visits() {
            let picks: Vec<usize> = visit
                .interactions
                .iter()
                .filter(|interaction| interaction.kind == InteractionKind::Click && interaction.list.is_none())
                .map(|interaction| interaction.product)
                .collect();
            for pair in picks.windows(2).filter(|pair| pair[0] != pair[1]) {
                same += f64::from(u8::from(dear(pair[0]) == dear(pair[1])));
                all += 1.0;
            }
        }
        same / all
    };
    let real = shop(1_500);
    let flat = real.products().iter().map(|product| Product { price: Some(1.0), ..product.clone() }).collect();
    let flat = ShopLog::new(flat, real.visits().to_vec()).unwrap();
    let (real, with, without) =
        (same_side(&real), same_side(&simulated(&real, 1_500, 4)), same_side(&simulated(&flat, 1_500, 4)));
    assert!(with > without + 0.05 && with < real + 0.02, "real {real}, with budgets {with}, without {without}");
}

#[test]
fn seasonal_categories_are_picked_in_their_season() {
    // Products of category 1 in June alone, all else in January.
    let june_ms = START_MS + 150 * DAY_MS;
    let visits = (0..600).map(|i| {
        let (start_ms, category) = if i % 2 == 0 { (START_MS, 0) } else { (june_ms, 1) };
        visit(
            &format!("v{i}"),
            start_ms + i % 20 * DAY_MS,
            &[(i as usize % 10) * CATEGORIES + category],
            InteractionKind::Click,
        )
    });
    let profile = ShopProfile::fit(&ShopLog::new(products(), visits.collect()).unwrap(), &pbm()).unwrap();
    let in_season = |start_ms: i64| {
        let settings =
            SimulateSettings { visitors: 500, start_ms: Some(start_ms), days: Some(14), ..SimulateSettings::default() };
        let log = simulate(&profile, &settings).unwrap();
        assert!(log.visits().iter().all(|visit| (start_ms..start_ms + 14 * DAY_MS).contains(&visit.start_ms)));
        let interactions = || log.visits().iter().flat_map(|visit| &visit.interactions);
        interactions().filter(|interaction| interaction.product % CATEGORIES == 1).count() as f64
            / interactions().count() as f64
    };
    assert!(in_season(START_MS) < 0.2 && in_season(june_ms) > 0.8, "{} {}", in_season(START_MS), in_season(june_ms));
}

#[test]
fn a_log_of_purchases_alone_is_simulated_with_cancellations() {
    let visits = (0..400).flat_map(|i| {
        let mut bought = visit(
            &format!("v{i}"),
            START_MS + i % 30 * DAY_MS,
            &[i as usize % 20, 20 + i as usize % 9],
            InteractionKind::Purchase,
        );
        if i % 4 == 0 {
            let cancelled = Interaction {
                kind: InteractionKind::Cancel,
                time_ms: bought.start_ms + 5_000,
                ..bought.interactions[0].clone()
            };
            bought.interactions.push(cancelled);
        }
        [bought]
    });
    let real = ShopLog::new(products(), visits.collect()).unwrap();
    let log = simulated(&real, 1_000, 1);
    let count = |kind| {
        log.visits().iter().flat_map(|visit| &visit.interactions).filter(|interaction| interaction.kind == kind).count()
            as f64
    };
    assert_eq!(
        (count(InteractionKind::Click), count(InteractionKind::Cart), count(InteractionKind::Purchase)),
        (0.0, 0.0, 2_000.0)
    );
    let cancelled = count(InteractionKind::Cancel) / 2_000.0;
    assert!((cancelled - 0.125).abs() < 0.03, "{cancelled}");
}

#[test]
fn invalid_logs_are_rejected() {
    let one = || visit("v", START_MS, &[0], InteractionKind::Click);
    let message = |products: Vec<Product>, visits: Vec<Visit>| ShopLog::new(products, visits).unwrap_err().to_string();
    assert!(message(products(), vec![]).contains("expected at least one interaction"));
    let product = |price| Product { id: "a".into(), category: String::new(), price };
    assert!(message(vec![product(None), product(None)], vec![one()]).contains("product `a` is listed twice"));
    assert!(message(vec![product(Some(0.0))], vec![one()]).contains("costs 0"));
    assert!(
        message(vec![product(None)], vec![visit("v", START_MS, &[1], InteractionKind::Click)])
            .contains("interaction with product 1")
    );
    let list = |clicked| Impression::new(List::ranked("q".into(), vec!["p0".into()]).unwrap(), vec![clicked]).unwrap();
    let shown = |impression| Visit { lists: vec![ShownList { time_ms: START_MS, impression }], ..one() };
    assert!(
        message(vec![product(None)], vec![shown(list(true))]).contains("shows `p0`, which is not among the products")
    );
    let never_clicked = ShopLog::new(products(), vec![shown(list(false))]).unwrap();
    assert!(ShopProfile::fit(&never_clicked, &pbm()).unwrap_err().to_string().contains("no click in 1 impressions"));
    let nobody = SimulateSettings { visitors: 0, ..SimulateSettings::default() };
    let profile = ShopProfile::fit(&ShopLog::new(products(), vec![one()]).unwrap(), &pbm()).unwrap();
    assert_eq!(simulate(&profile, &nobody).unwrap_err().to_string(), "visitors is 0: expected a number above 0");
}

#[test]
fn simulated_lists_have_the_session_effect_of_the_log() {
    // Products come in pairs, and after one its partner is picked. Half of the visitors also click so in lists.
    let products: Vec<Product> =
        (0..40).map(|i| Product { id: format!("p{i}"), category: String::new(), price: None }).collect();
    let log = |coherent: bool| {
        let of = |number: usize| {
            let mut draws = Draws(number as u64 * 31 + 7);
            let first = draws.below(40);
            let start_ms = START_MS + number as i64 * 60_000;
            let mut visit = visit(&format!("v{number}"), start_ms, &[first, first ^ 1], InteractionKind::Click);
            let viewed = draws.below(40);
            visit.interactions.push(Interaction {
                time_ms: start_ms + 2_000,
                product: viewed,
                ..visit.interactions[0].clone()
            });
            let shown: Vec<usize> = (0..5).map(|i| ((viewed ^ 1) + i * 8) % 40).collect();
            let clicked = if coherent && draws.next() < 0.8 { 0 } else { draws.below(5) };
            let mut order: Vec<usize> = (0..5).collect();
            (1..5).rev().for_each(|i| order.swap(i, draws.below(i + 1)));
            let list = List::ranked("all".into(), order.iter().map(|&i| format!("p{}", shown[i])).collect()).unwrap();
            let impression = Impression::new(list, order.iter().map(|&i| i == clicked).collect()).unwrap();
            let time_ms = start_ms + 3_000;
            visit.lists.push(ShownList { time_ms, impression });
            let click = Interaction {
                time_ms: time_ms + 1,
                product: shown[clicked],
                list: Some(0),
                ..visit.interactions[0].clone()
            };
            visit.interactions.push(click);
            visit
        };
        ShopLog::new(products.clone(), (0..3_000).map(of).collect()).unwrap()
    };
    let partners = |log: &ShopLog| {
        let (mut partner, mut all) = (0.0, 0.0);
        for visit in log.visits().iter().filter(|visit| !visit.lists.is_empty()) {
            let clicks: Vec<usize> = visit
                .interactions
                .iter()
                .filter(|interaction| interaction.list.is_some())
                .map(|interaction| interaction.product)
                .collect();
            let viewed: Vec<usize> = visit
                .interactions
                .iter()
                .take_while(|interaction| interaction.list.is_none())
                .map(|interaction| interaction.product)
                .collect();
            partner += clicks.iter().filter(|click| viewed.last() == Some(&(**click ^ 1))).count() as f64;
            all += clicks.len() as f64;
        }
        partner / all
    };
    let [coherent, by_chance] = [true, false].map(log);
    let [like, unlike] = [&coherent, &by_chance].map(|log| partners(&simulated(log, 3_000, 1)));
    assert!(partners(&coherent) > 0.8 && partners(&by_chance) < 0.25);
    assert!(like > 0.5 && unlike < 0.3, "{like} {unlike}");
}

#[test]
fn visits_without_a_click_continue_as_in_the_log() {
    // A visit has two picks, a list, and one more pick where nothing was clicked.
    let visits = (0..500).map(|i| {
        let mut visit = visit(&format!("v{i}"), START_MS, &[i % 7, 7 + i % 5], InteractionKind::Click);
        let list = List::ranked("all".into(), (0..4).map(|p| format!("p{p}")).collect()).unwrap();
        let clicked: Vec<bool> = (0..4).map(|p| p == i % 9).collect();
        let found = clicked.contains(&true);
        let time_ms = START_MS + 10_000;
        visit.lists.push(ShownList { time_ms, impression: Impression::new(list, clicked).unwrap() });
        let product = if found { i % 9 } else { 20 + i % 3 };
        visit.interactions.push(Interaction {
            time_ms,
            product,
            kind: InteractionKind::Click,
            list: found.then_some(0),
        });
        visit
    });
    let real = ShopLog::new(products(), visits.collect()).unwrap();
    for visit in simulated(&real, 400, 1).visits() {
        let [before, after] = [true, false].map(|before| {
            let free = visit.interactions.iter().filter(|interaction| interaction.list.is_none());
            free.filter(|interaction| (interaction.time_ms < visit.lists[0].time_ms) == before).count()
        });
        let clicked = visit.lists[0].impression.clicked().contains(&true);
        assert_eq!((before, after), (2, usize::from(!clicked)), "{visit:?}");
    }
}

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
