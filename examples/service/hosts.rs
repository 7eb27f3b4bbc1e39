//! Whom requests may be addressed to.
//!
//! The name of a web site can be made to stand for the address of this machine after its page was
//! loaded. What the page asks its own site for is then answered by this service. But the requests
//! still name the site, so they can be told.

use std::net::IpAddr;

/// The hosts that requests may name.
pub(crate) struct Hosts {
    /// The one of the address that the service was told to have.
    given: Option<String>,
}

impl Hosts {
    /// This machine, and the host of `address` if the service was given one, with all addresses
    /// that are numbers: others are to reach it then.
    pub(crate) fn new(address: Option<&str>) -> Hosts {
        Hosts { given: address.map(|address| name_in(address).to_ascii_lowercase()) }
    }

    /// Whether a request with this header is meant for this service.
    pub(crate) fn contains(&self, header: &str) -> bool {
        let name = name_in(header).to_ascii_lowercase();
        let is_number = |number: IpAddr| number.is_loopback() || self.given.is_some();
        name == "localhost"
            || self.given.as_ref() == Some(&name)
            || name.parse().is_ok_and(is_number)
    }
}

/// The host in `host:port`, without brackets.
fn name_in(address: &str) -> &str {
    let address = address.trim();
    match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => address.split(':').next().unwrap_or_default(),
    }
}
