//! Simulated visits as events in the project's format, that of Metarank. Every event is marked as simulated.

use serde_json::json;
use windowshop_schema::event::{Event, Field, RankedItem};

use super::shop_log::{ShopLog, Visit};

/// Events in the order of time: the products at the time of the first visit, lists, and interactions. Every event has the field
/// `simulated`, true.
pub fn events(log: &ShopLog) -> Vec<Event> {
    let start_ms = log.visits().iter().map(|visit| visit.start_ms).min().unwrap_or(0);
    let mut events: Vec<(i64, Event)> = Vec::new();
    for (index, product) in log.products().iter().enumerate() {
        let mut fields = vec![simulated()];
        if !product.category.is_empty() {
            fields.push(Field { name: "category".into(), value: json!(product.category) });
        }
        fields.extend(product.price.map(|price| Field { name: "price".into(), value: json!(price) }));
        let (id, timestamp) = (format!("simulated-item-{index}"), start_ms.to_string());
        events.push((start_ms, Event::Item { id, timestamp, item: product.id.clone(), fields }));
    }
    let mut previous = None;
    let mut number = 0;
    for visit in log.visits() {
        number = if previous == Some(&visit.visitor) { number + 1 } else { 0 };
        previous = Some(&visit.visitor);
        events.extend(visit_events(log, visit, &format!("{}-{number}", visit.visitor)));
    }
    // A stable sort keeps a list before its clicks of the same time.
    events.sort_by_key(|(time_ms, _)| *time_ms);
    events.into_iter().map(|(_, event)| event).collect()
}

fn visit_events(log: &ShopLog, visit: &Visit, session: &str) -> Vec<(i64, Event)> {
    let mut events = Vec::new();
    let (user, session) = (Some(visit.visitor.clone()), Some(session.to_owned()));
    let name = session.clone().unwrap_or_default();
    let list_id = |list: usize| format!("{name}-list-{list}");
    for (index, shown) in visit.lists.iter().enumerate() {
        let list = shown.impression.list();
        let items = list.items().iter().map(|id| RankedItem { id: id.clone(), relevancy: None }).collect();
        let mut fields = vec![simulated()];
        if !list.query().is_empty() {
            fields.push(Field { name: "query".into(), value: json!(list.query()) });
        }
        let (id, timestamp) = (list_id(index), shown.time_ms.to_string());
        events.push((
            shown.time_ms,
            Event::Ranking { id, timestamp, user: user.clone(), session: session.clone(), fields, items },
        ));
    }
    for (index, interaction) in visit.interactions.iter().enumerate() {
        let event = Event::Interaction {
            id: format!("{name}-{index}"),
            timestamp: interaction.time_ms.to_string(),
            kind: interaction.kind,
            item: log.products()[interaction.product].id.clone(),
            ranking: interaction.list.map(list_id),
            user: user.clone(),
            session: session.clone(),
            fields: vec![simulated()],
        };
        events.push((interaction.time_ms, event));
    }
    events
}

fn simulated() -> Field {
    Field { name: "simulated".into(), value: json!(true) }
}
