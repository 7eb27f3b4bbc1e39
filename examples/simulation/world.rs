//! The world: colonies of particles, in which everything refers to everything around it.

use std::cell::{Cell, RefCell};
use std::mem;

use gcycle::weak::Weak;
use gcycle::{Gc, Trace, gc};

/// Particles in one row of a colony.
const ROW: usize = 12;

/// A cluster of particles. It holds them, and the colonies beside it.
#[derive(Trace)]
pub(crate) struct Colony {
    particles: RefCell<Vec<Gc<Particle>>>,
    neighbours: RefCell<Vec<Gc<Colony>>>,
    /// The colony that was here before. A strong handle would keep all that ever were.
    before: Option<Weak<Colony>>,
}

/// A particle. It holds its colony, the one that it came from, and those around it.
#[derive(Trace)]
pub(crate) struct Particle {
    colony: Gc<Colony>,
    parent: Option<Gc<Particle>>,
    neighbours: RefCell<Vec<Gc<Particle>>>,
    /// A particle of a colony beside its own.
    across: RefCell<Option<Gc<Particle>>>,
    inbox: RefCell<Vec<Gc<Event>>>,
    energy: Cell<u64>,
}

/// What one particle sends to another.
#[derive(Trace)]
struct Event {
    from: Gc<Particle>,
    to: Gc<Particle>,
    energy: u64,
}

/// How large the world is, and how much happens in a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Colonies, which lie in a circle.
    pub(crate) colonies: usize,
    /// Particles of each colony.
    pub(crate) particles: usize,
    /// Colonies that die in a frame. New ones take their places.
    pub(crate) deaths: usize,
    /// Events that are sent in a frame.
    pub(crate) events: usize,
}

/// All that the program holds.
pub(crate) struct World {
    size: Size,
    colonies: Vec<Gc<Colony>>,
    /// The particles to which an event was sent in the last frame.
    excited: Vec<Gc<Particle>>,
    random: Random,
}

impl World {
    /// A world in which nothing has happened yet.
    pub(crate) fn new(size: Size) -> World {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let colonies =
            (0..size.colonies).map(|_| Colony::new(size.particles, None, &mut random)).collect();
        let mut world = World { size, colonies, excited: Vec::new(), random };
        for place in 0..size.colonies {
            world.connect(place);
        }
        world
    }

    /// One frame.
    pub(crate) fn advance(&mut self) {
        self.handle_events();
        self.send_events();
        for _ in 0..self.size.deaths {
            let place = self.random.below(self.size.colonies);
            self.replace(place);
        }
    }

    /// Each excited particle takes what was sent to it, and passes some of it to its parent.
    fn handle_events(&mut self) {
        for particle in mem::take(&mut self.excited) {
            for event in particle.inbox.take() {
                debug_assert!(Gc::ptr_eq(&event.to, &particle));
                let rest = event.energy / 2;
                event.from.energy.set(event.from.energy.get() + rest);
                let parent = particle.parent.as_ref().unwrap_or(&particle);
                parent.energy.set(parent.energy.get() + event.energy - rest);
            }
        }
    }

    /// Random particles send half of their energy to one beside them.
    fn send_events(&mut self) {
        for _ in 0..self.size.events {
            let colony = &self.colonies[self.random.below(self.size.colonies)];
            let from = colony.any(&mut self.random);
            let to = from.any_beside(&mut self.random);
            let energy = from.energy.get() / 2;
            from.energy.set(from.energy.get() - energy);
            let event = Gc::new(Event { from, to: to.clone(), energy });
            to.inbox.borrow_mut().push(event);
            self.excited.push(to);
        }
    }

    /// A colony dies: those beside it forget it, and a new one takes its place. From now on the
    /// old one is cyclic garbage, unless an event is on its way to it.
    fn replace(&mut self, place: usize) {
        let new = Colony::new(self.size.particles, Some(&self.colonies[place]), &mut self.random);
        let old = mem::replace(&mut self.colonies[place], new);
        for neighbour in old.neighbours.take() {
            neighbour.forget(&old);
        }
        self.connect(place);
    }

    /// Makes a colony and the two beside it know each other.
    fn connect(&mut self, place: usize) {
        let count = self.size.colonies;
        let this = &self.colonies[place];
        for beside in [(place + 1) % count, (place + count - 1) % count] {
            let beside = &self.colonies[beside];
            this.border_on(beside, &mut self.random);
            beside.border_on(this, &mut self.random);
        }
    }

    /// How many colonies that died were not freed yet, of those whose successors live.
    pub(crate) fn dead(&self) -> usize {
        let before = self.colonies.iter().filter_map(|colony| colony.before.as_ref());
        before.filter(|before| before.upgrade().is_some()).count()
    }
}

impl Colony {
    /// A colony whose particles lie in rows, each beside up to four others.
    fn new(count: usize, before: Option<&Gc<Colony>>, random: &mut Random) -> Gc<Colony> {
        let colony = Gc::new(Colony {
            particles: RefCell::default(),
            neighbours: RefCell::default(),
            before: before.map(Gc::downgrade),
        });
        let mut particles: Vec<Gc<Particle>> = Vec::with_capacity(count);
        for number in 0..count {
            let parent = (number > 0).then(|| particles[random.below(number)].clone());
            let particle = Particle::new(&colony, parent);
            for back in [1, ROW].into_iter().filter(|&back| back <= number) {
                let other = &particles[number - back];
                other.neighbours.borrow_mut().push(particle.clone());
                particle.neighbours.borrow_mut().push(other.clone());
            }
            particles.push(particle);
        }
        *colony.particles.borrow_mut() = particles;
        colony
    }

    /// Learns of a colony beside this one, to which a tenth of the particles are connected.
    fn border_on(&self, other: &Gc<Colony>, random: &mut Random) {
        if self.neighbours.borrow().iter().any(|known| Gc::ptr_eq(known, other)) {
            return;
        }
        self.neighbours.borrow_mut().push(other.clone());
        for _ in 0..self.particles.borrow().len() / 10 {
            let across = other.any(random);
            self.any(random).across.replace(Some(across));
        }
    }

    /// Lets go of a colony that dies, and of all its particles.
    fn forget(&self, dead: &Gc<Colony>) {
        self.neighbours.borrow_mut().retain(|known| !Gc::ptr_eq(known, dead));
        for particle in &*self.particles.borrow() {
            let mut across = particle.across.borrow_mut();
            across.take_if(|other| Gc::ptr_eq(&other.colony, dead));
        }
    }

    /// Any of the particles.
    fn any(&self, random: &mut Random) -> Gc<Particle> {
        let particles = self.particles.borrow();
        particles[random.below(particles.len())].clone()
    }
}

impl Particle {
    fn new(colony: &Gc<Colony>, parent: Option<Gc<Particle>>) -> Gc<Particle> {
        Gc::new(Particle {
            colony: colony.clone(),
            parent,
            neighbours: RefCell::default(),
            across: RefCell::default(),
            inbox: RefCell::default(),
            energy: Cell::new(1000),
        })
    }

    /// The particle across the border, or any of those beside this one.
    fn any_beside(&self, random: &mut Random) -> Gc<Particle> {
        if let Some(across) = &*self.across.borrow() {
            return across.clone();
        }
        let neighbours = self.neighbours.borrow();
        neighbours[random.below(neighbours.len())].clone()
    }
}

/// How many colonies, particles and events there are, whether alive or garbage.
pub(crate) fn objects() -> usize {
    let names = ["Colony", "Particle", "Event"];
    let all = gc::get_objects(None);
    all.iter().filter(|object| names.iter().any(|name| object.type_name().ends_with(name))).count()
}

/// Random numbers, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 33) % end as u64).expect("it is below a usize")
    }
}
