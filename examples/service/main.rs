//! A service that shows its heap in a browser while it runs.
//!
//! ```console
//! $ cargo run --release --example service
//! ```
//!
//! A worker answers requests that it makes up itself, with a heap of its own, and forgets to
//! let go of some sessions. `http://127.0.0.1:8080/` is the page of its heap, with a timeline:
//! reload it and watch the leak grow. `/metrics` is what Prometheus reads. Another address can
//! be given as an argument; without one, only requests to this machine are answered.

#![expect(clippy::std_instead_of_core, reason = "written as a user would write it")]

mod hosts;
mod server;
mod worker;

use std::error::Error;
use std::time::Duration;

use tiny_http::Server;

use hosts::Hosts;
use worker::Worker;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let given = std::env::args().nth(1);
    let address = given.as_deref().unwrap_or("127.0.0.1:8080");
    let server = Server::http(address)?;
    println!("The heap is shown at http://{address}/, and its metrics at /metrics.");
    let worker = Worker::start(Duration::from_millis(1));
    server::serve(&server, &worker, &Hosts::new(given.as_deref()));
    Ok(())
}
