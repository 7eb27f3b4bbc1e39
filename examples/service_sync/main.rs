//! A chat server on several threads, whose sessions, rooms and listeners refer to each other freely,
//! and clients for it.
//!
//! ```text
//! cargo run --release --features sync --example service_sync           # ten seconds
//! cargo run --release --features sync --example service_sync -- 600    # ten minutes
//! ```
//!
//! With `Arc` each game would leave a room, four sessions and four listeners behind. The example prints
//! how many sessions and how much memory there are: neither grows.

#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "written as a user would write it"
)]

mod clients;
mod rooms;
mod server;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use std::{env, fs, io};

use gcycle::sync::{Gc, gc};
use tokio::net::TcpListener;

use clients::Clients;
use rooms::{Census, Directory};

/// How many games run at the same time.
const TABLES: usize = 8;

#[tokio::main]
async fn main() -> io::Result<()> {
    let seconds = env::args().nth(1).and_then(|seconds| seconds.parse().ok()).unwrap_or(10);
    gc::set_collection(gc::Collection::Background);
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let address = listener.local_addr()?;
    let (directory, census) = (Gc::new(Directory::default()), Census::default());
    let serving = tokio::spawn(server::serve(listener, directory.clone(), census.clone()));

    let clients = Arc::<Clients>::default();
    let tables: Vec<_> = (0..TABLES).map(|_| tokio::spawn(clients.clone().play(address))).collect();
    let start = Instant::now();
    let every = Duration::from_secs(10.min(seconds).max(1));
    while start.elapsed() < Duration::from_secs(seconds) {
        tokio::time::sleep(every).await;
        report(start.elapsed(), &clients, &directory, &census);
    }
    clients.is_over.store(true, Ordering::Relaxed);
    for table in tables {
        table.await??;
    }
    serving.abort();
    // Until the last connections were closed.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let found = gc::collect();
    println!("the end: {found} objects collected, {} sessions left", census.sessions());
    Ok(())
}

fn report(after: Duration, clients: &Clients, directory: &Directory, census: &Census) {
    let stats = gc::get_stats();
    println!(
        "{:>4} s: {} games, {} rooms, {} sessions in memory, {} MiB, {} collections of {} objects",
        after.as_secs(),
        clients.games(),
        directory.len(),
        census.sessions(),
        resident() / 1024,
        stats.collections,
        stats.collected,
    );
}

/// The resident memory in KiB; 0 where the system does not say.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}
