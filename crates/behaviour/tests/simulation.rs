//! Properties of simulated visitors.

mod synthetic_shop;

use std::collections::{BTreeMap, HashSet};

use synthetic_shop::{CATEGORIES, DAY_MS, Draws, PRODUCTS, START_MS, pbm, products, shop, simulated, visit};
use windowshop_behaviour::clicks::{ClickLog, ClickModel, Impression, List};
use windowshop_behaviour::simulate::{
    Interaction, Product, ShopLog, ShopProfile, ShownList, SimulateSettings, Visit, events, fidelity, simulate,
};
use windowshop_schema::event::{Event, InteractionKind};

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
