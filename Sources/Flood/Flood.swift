// Flood
