//! `url` 2: leaves.

use url_2::{Host, Origin, ParseError, Url};

variants! {
    {S} Host<S> { Domain: S },
}

leaves! { Origin, ParseError }

leaves! { owners: {} Url => owns |this| this.as_str().len() }
