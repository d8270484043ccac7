// Terrain
