//! The statements and the layer that runs them.

mod statements;
