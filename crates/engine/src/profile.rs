//! The visitor's profile: events by item identifier, so that it stays valid for a new page, a new bundle and changed items.

use serde::{Deserialize, Serialize};
use windowshop_features::{Items, SessionEvent};
use windowshop_schema::{
    InteractionKind,
    dims::{MAX_PROFILE_EVENTS, MAX_SESSION_EVENTS},
    request::TrackedEvent,
};

use crate::error::EngineError;

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileEvent {
    /// Kind of interaction.
    #[serde(rename = "type")]
    pub kind: InteractionKind,
    /// Identifier of the item.
    pub item_id: String,
    /// Time in milliseconds since 1970.
    pub timestamp_ms: f64,
}

/// The events of one visitor, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    events: Vec<ProfileEvent>,
}

impl Profile {
    /// Adds an event and drops the oldest beyond [`MAX_PROFILE_EVENTS`].
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for a time that is not finite.
    pub fn track(&mut self, event: TrackedEvent, now_ms: f64) -> Result<(), EngineError> {
        let timestamp_ms = event.timestamp_ms.unwrap_or(now_ms);
        if !timestamp_ms.is_finite() {
            return Err(EngineError::InvalidArgument {
                argument: "timestampMs".into(),
                found: timestamp_ms.to_string(),
                expected: "milliseconds since 1970".into(),
            });
        }
        self.events.push(ProfileEvent { kind: event.kind, item_id: event.item_id, timestamp_ms });
        self.drop_oldest();
        Ok(())
    }

    /// The events, oldest first.
    pub fn events(&self) -> &[ProfileEvent] {
        &self.events
    }

    fn drop_oldest(&mut self) {
        self.events.sort_by(|a, b| a.timestamp_ms.total_cmp(&b.timestamp_ms));
        self.events.drain(..self.events.len().saturating_sub(MAX_PROFILE_EVENTS));
    }

    /// The profile as JSON.
    pub fn export(&self) -> String {
        serde_json::to_string(self).expect("a profile is plain data")
    }

    /// Reads the JSON of [`Self::export`].
    ///
    /// # Errors
    /// [`EngineError::InvalidArgument`] for other JSON.
    pub fn import(json: &str) -> Result<Self, EngineError> {
        let mut profile: Self = serde_json::from_str(json).map_err(|error| EngineError::InvalidArgument {
            argument: "profile".into(),
            found: error.to_string(),
            expected: "the JSON of profile.export()".into(),
        })?;
        profile.events.retain(|event| event.timestamp_ms.is_finite());
        profile.drop_oldest();
        Ok(profile)
    }

    /// Item identifiers of the session's events, oldest first.
    pub fn recent_ids(&self) -> impl Iterator<Item = &str> {
        self.recent().iter().map(|event| event.item_id.as_str())
    }

    fn recent(&self) -> &[ProfileEvent] {
        &self.events[self.events.len().saturating_sub(MAX_SESSION_EVENTS)..]
    }

    /// The session: the most recent events, without those of unregistered items.
    pub fn session(&self, items: &Items, now_ms: f64) -> Vec<SessionEvent> {
        let event = |event: &ProfileEvent| {
            let age_s = ((now_ms - event.timestamp_ms) / 1000.0).max(0.0) as f32;
            Some(SessionEvent { item: items.handle_of(&event.item_id)?, kind: event.kind, age_s: Some(age_s) })
        };
        self.recent().iter().filter_map(event).collect()
    }
}
