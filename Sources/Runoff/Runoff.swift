// Runoff
