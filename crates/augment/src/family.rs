//! The actions of each family, as patterns. A match lists its own actions and names the other families, so that it stays
//! exhaustive and a new action is written in one list.

/// The actions of the family `geometry`.
macro_rules! geometry_actions {
    () => {
        $crate::action::Action::Rotate { .. }
            | $crate::action::Action::Scale { .. }
            | $crate::action::Action::Crop { .. }
            | $crate::action::Action::HorizontalFlip { .. }
            | $crate::action::Action::VerticalFlip { .. }
            | $crate::action::Action::Translate { .. }
            | $crate::action::Action::Shear { .. }
            | $crate::action::Action::Perspective { .. }
            | $crate::action::Action::Elastic { .. }
            | $crate::action::Action::Resize { .. }
            | $crate::action::Action::Pad { .. }
    };
}

/// The actions of the family `levels`.
macro_rules! levels_actions {
    () => {
        $crate::action::Action::Brightness { .. }
            | $crate::action::Action::Contrast { .. }
            | $crate::action::Action::Gamma { .. }
            | $crate::action::Action::Posterize { .. }
            | $crate::action::Action::Solarize { .. }
            | $crate::action::Action::Equalize { .. }
            | $crate::action::Action::Autocontrast { .. }
            | $crate::action::Action::Invert { .. }
    };
}

/// The actions of the family `color`.
macro_rules! color_actions {
    () => {
        $crate::action::Action::Saturation { .. }
            | $crate::action::Action::Hue { .. }
            | $crate::action::Action::Grayscale { .. }
            | $crate::action::Action::ChannelShuffle { .. }
    };
}

/// The actions of the family `filter`.
macro_rules! filter_actions {
    () => {
        $crate::action::Action::Sharpness { .. }
            | $crate::action::Action::GaussianBlur { .. }
            | $crate::action::Action::MotionBlur { .. }
            | $crate::action::Action::BoxBlur { .. }
    };
}

/// The actions of the family `noise`.
macro_rules! noise_actions {
    () => {
        $crate::action::Action::Noise { .. } | $crate::action::Action::SaltAndPepper { .. }
    };
}

/// The actions of the family `codec`.
macro_rules! codec_actions {
    () => {
        $crate::action::Action::Jpeg { .. }
    };
}

/// The actions of the family `erase`.
macro_rules! erase_actions {
    () => {
        $crate::action::Action::Cutout { .. } | $crate::action::Action::GridDropout { .. }
    };
}

/// The actions of the family `background`.
macro_rules! background_actions {
    () => {
        $crate::action::Action::Background { .. }
    };
}
