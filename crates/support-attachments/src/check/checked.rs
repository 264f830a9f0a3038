//! How checks go on and end.

use std::io;

/// What a check found, unless the disk failed.
pub(super) type Checked<T = ()> = io::Result<Result<T, &'static str>>;

/// Goes on unless something is wrong.
macro_rules! sound {
    ($checked:expr) => {
        match $checked? {
            Ok(value) => value,
            Err(why) => return Ok(Err(why)),
        }
    };
}
pub(super) use sound;
